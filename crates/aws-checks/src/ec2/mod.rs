//! Checks of EC2 and its network: instances, security groups, network ACLs, subnets, volumes.

use crate::AwsCheck;

mod default_security_group_closed;
mod ebs_default_encryption;
mod instance_imdsv2_required;
mod instance_in_vpc;
mod instance_no_public_ip;
mod instance_user_data_no_secrets;
mod network_acl_not_open;
mod security_group_admin_ports_closed;
mod security_group_all_ports_closed;
mod security_group_any_port_closed;
mod security_group_database_ports_closed;
mod security_group_egress_restricted;
mod subnet_no_auto_public_ip;
mod volume_encrypted;
pub mod world;

/// Every check of this service.
pub static CHECKS: &[&dyn AwsCheck] = &[
    &default_security_group_closed::CHECK,
    &ebs_default_encryption::CHECK,
    &instance_imdsv2_required::CHECK,
    &instance_in_vpc::CHECK,
    &instance_no_public_ip::CHECK,
    &instance_user_data_no_secrets::CHECK,
    &network_acl_not_open::CHECK,
    &security_group_admin_ports_closed::CHECK,
    &security_group_all_ports_closed::CHECK,
    &security_group_any_port_closed::CHECK,
    &security_group_database_ports_closed::CHECK,
    &security_group_egress_restricted::CHECK,
    &subnet_no_auto_public_ip::CHECK,
    &volume_encrypted::CHECK,
];
