//! What a call means for TLS: contexts and sessions are made, methods change them, clients are configured, and functions of
//! the file are followed with what they are given.

use super::evaluate::{put, snippet};
use super::scopes::has_decorator;
use super::state::{Class, Code, Function, Known, Open, What};
use super::tables::{
    ADAPTER, Argument, CLASSES, Call, HARMLESS_METHODS, LOADERS, MAKERS, METHODS, REQUESTS, SERVERS,
    STRANGE_MAKERS, Takes, call_of,
};
use super::vocabulary::{Configuration, Context, How, Value};
use super::walk::{Frame, Reader};
use ruff_python_ast::{Expr, ExprAttribute, ExprCall, Parameters};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use tieout_model::Place;

/// Calls of the file's own functions that are followed one into the other.
const MAX_FOLLOWED: usize = 4;

/// Decorators that hand the function's answer on.
const PLAIN_DECORATORS: &[&str] =
    &["staticmethod", "classmethod", "cache", "cached", "lru_cache", "override"];

/// What a call is given.
#[derive(Debug, Default)]
pub(super) struct Given<'a> {
    positional: Vec<Known<'a>>,
    /// `*x` stands among the positional ones.
    starred: bool,
    keywords: Vec<(String, Known<'a>)>,
    /// `**x` of which not all is known.
    rest: Option<Open>,
    /// That is what the caller of the function around it gives.
    of_caller: bool,
}

impl<'a> Given<'a> {
    fn keyword(&self, name: &str) -> Option<&Known<'a>> {
        self.keywords.iter().find(|(own, _)| own == name).map(|(_, value)| value)
    }

    fn argument(&self, name: &str, position: Option<usize>) -> Option<&Known<'a>> {
        let positional = || self.positional.get(position.filter(|_| !self.starred)?);
        self.keyword(name).or_else(positional)
    }

    fn objects(&self) -> Vec<usize> {
        let all = self.positional.iter().chain(self.keywords.iter().map(|(_, value)| value));
        all.filter_map(|value| match value.clone().plain() {
            Known::Object(id) => Some(id),
            _ => None,
        })
        .collect()
    }
}

impl<'a> Reader<'a, '_> {
    pub(super) fn call(&mut self, call: &'a ExprCall) -> Option<Known<'a>> {
        if let Expr::Attribute(attribute) = &*call.func {
            let base = self.eval(&attribute.value);
            let given = self.given(call);
            let name = attribute.attr.as_str();
            if let Known::Object(id) = base.clone().plain() {
                return self.method(id, name, &given, call);
            }
            return match self.attribute(&base, name) {
                Some(callee) => self.called(callee.plain(), &given, call),
                None => {
                    self.stranger(name, &given, call, attribute);
                    None
                }
            };
        }
        let callee = self.eval(&call.func);
        let given = self.given(call);
        if let Expr::Name(name) = &*call.func
            && matches!(callee, Known::Unknown(_))
            && self.look_up(name.id.as_str()).is_none()
        {
            return self.builtin(name.id.as_str(), &given);
        }
        self.called(callee.plain(), &given, call)
    }

    fn builtin(&mut self, name: &str, given: &Given<'a>) -> Option<Known<'a>> {
        match (name, given.positional.as_slice()) {
            ("super", _) => Some(Known::Super(self.own.as_ref()?.1.clone())),
            ("str", [_]) => Some(Known::SomeText),
            ("getattr", [base, Known::Text(name)]) => self.attribute(base, name),
            ("dict", []) => {
                let what =
                    What::Map { entries: given.keywords.clone(), rest: given.rest.clone(), of_caller: false };
                Some(self.make(what, Place::None))
            }
            _ => {
                self.passed(name, given);
                None
            }
        }
    }

    fn given(&mut self, call: &'a ExprCall) -> Given<'a> {
        let mut given = Given::default();
        for argument in &call.arguments.args {
            match argument {
                Expr::Starred(starred) => {
                    self.eval(&starred.value);
                    given.starred = true;
                }
                other => {
                    let value = self.eval(other);
                    given.positional.push(value);
                }
            }
        }
        for keyword in &call.arguments.keywords {
            let value = self.eval(&keyword.value);
            match &keyword.arg {
                Some(name) => put(&mut given.keywords, name.as_str(), value),
                None => match self.map_of(&value) {
                    Some((entries, open)) => {
                        for (name, value) in entries {
                            put(&mut given.keywords, &name, value);
                        }
                        given.of_caller |= self.is_of_caller(&value);
                        given.rest = given.rest.take().or(open);
                    }
                    None => given.rest = Some(self.open(&keyword.value)),
                },
            }
        }
        given
    }

    fn is_of_caller(&self, value: &Known<'a>) -> bool {
        let Known::Object(id) = value else { return false };
        self.state.object(*id).is_some_and(|object| matches!(object.what, What::Map { of_caller: true, .. }))
    }

    fn called(&mut self, callee: Known<'a>, given: &Given<'a>, call: &'a ExprCall) -> Option<Known<'a>> {
        match callee {
            Known::Path(path) => self.library(&path, given, call),
            Known::Function(function) => self.follow(&function, given, call),
            Known::Class(class) => self.instance(&class, given, call),
            _ => {
                self.passed("", given);
                None
            }
        }
    }

    /// A call of something imported.
    fn library(&mut self, path: &str, given: &Given<'a>, call: &'a ExprCall) -> Option<Known<'a>> {
        if let Some((make, arguments)) = MAKERS.iter().find(|(name, _)| *name == path) {
            return Some(self.make_context(make, arguments, given, call));
        }
        if STRANGE_MAKERS.contains(&path) {
            let at = self.module.place(call);
            self.hole(&at, format!("what a context of `{path}` accepts and verifies: the probe makes none"));
            return None;
        }
        if path.starts_with("requests.HTTPAdapter.") {
            if path.ends_with(".init_poolmanager") {
                self.configure("requests", "requests", ADAPTER, given, call, BTreeMap::new());
            }
            if path.ends_with(".send") {
                let verify = call_of("requests.get").map_or(&[] as &[Argument], |call| call.arguments);
                self.configure("requests", "requests", verify, given, call, BTreeMap::new());
            }
            return None;
        }
        let is_adapters = self.own.as_ref().is_some_and(|(_, class)| is_adapter(class));
        if let Some(known) = call_of(path) {
            let server =
                path == "ssl.wrap_socket" && given.keyword("server_side") == Some(&Known::Flag(true));
            if is_adapters && known.way == "urllib3" {
                self.configure("requests", "requests", ADAPTER, given, call, BTreeMap::new());
            } else if !server {
                self.client(known, given, call, BTreeMap::new());
            }
            return None;
        }
        if let Some(class) = CLASSES.iter().find(|class| **class == path) {
            let at = self.module.place(call);
            return Some(self.make(What::Client { class, settings: BTreeMap::new() }, at));
        }
        match path {
            "certifi.where" | "os.path.join" | "os.path.abspath" | "os.path.expanduser" | "pathlib.Path" => {
                return Some(Known::SomeText);
            }
            _ => {}
        }
        if path.starts_with('.') {
            self.may_change(given, call);
        }
        let last = path.rsplit('.').next().unwrap_or(path);
        self.passed(last, given);
        None
    }

    /// What a function that is not read is given: a server's context, or one that some client has.
    fn passed(&mut self, name: &str, given: &Given<'a>) {
        let serves = SERVERS.contains(&name);
        for id in given.objects() {
            let is_of_project = name.is_empty();
            self.state.change(id, |object| {
                if let What::Context { serves: server, may_serve, .. } = &mut object.what {
                    *server |= serves;
                    *may_serve &= is_of_project;
                }
            });
        }
    }

    fn make_context(
        &mut self,
        make: &'static str,
        takes: &'static [Argument],
        given: &Given<'a>,
        call: &'a ExprCall,
    ) -> Known<'a> {
        let mut open = given.rest.clone();
        let mut arguments = BTreeMap::new();
        let mut ignored = BTreeSet::new();
        for (name, _) in &given.keywords {
            if !takes.iter().any(|argument| argument.name == name) {
                open.get_or_insert_with(|| Open::new(format!("`{name}=` is not among what the probe sets")));
            }
        }
        if given.starred {
            open.get_or_insert_with(|| self.open(call));
        }
        for argument in takes {
            let Some(known) = given.argument(argument.name, argument.position) else { continue };
            let known = known.clone();
            match argument.takes {
                Takes::Own => {
                    ignored.insert(argument.name);
                    continue;
                }
                Takes::Authorities => {
                    ignored.insert(argument.name);
                    if known.plain() != Known::None {
                        arguments.insert("cafile", Value::Authorities);
                    }
                    continue;
                }
                Takes::Setting | Takes::Verify | Takes::Context => {}
            }
            let value = match argument.takes {
                Takes::Setting => self.value(&known, call),
                _ => self.verifies(&known, call),
            };
            match value {
                Ok(value) => {
                    arguments.insert(argument.setting, value);
                }
                Err(why) => {
                    open.get_or_insert(why);
                }
            }
        }
        let names = |value: Option<&Value>, wanted: &[&str]| matches!(value, Some(Value::Constants(names)) if names.iter().any(|name| wanted.contains(&name.as_str())));
        let serves = names(arguments.get("purpose"), &["Purpose.CLIENT_AUTH"])
            || names(arguments.get("protocol"), &["PROTOCOL_TLS_SERVER"]);
        let context = Context { make, arguments, changes: Vec::new() };
        let at = self.module.place(call);
        let made = self.make(What::Context { context, may_serve: false, serves }, at);
        if let Known::Object(id) = &made {
            self.loaded.insert(*id, ignored);
            self.state.change(*id, |object| object.open = open);
        }
        made
    }

    /// A method of a context, session or dict.
    fn method(&mut self, id: usize, name: &str, given: &Given<'a>, call: &'a ExprCall) -> Option<Known<'a>> {
        match self.state.object(id)?.what.clone() {
            What::Context { context, .. } => {
                self.of_context(id, &context, name, given, call);
                None
            }
            What::Client { class, mut settings } => {
                // What an open session verifies is told where it is made.
                if self.state.object(id).is_some_and(|object| object.open.is_some()) {
                    settings.clear();
                }
                if let Some(known) = call_of(&format!("{class}.{name}")) {
                    self.client(known, given, call, settings);
                }
                None
            }
            What::Map { .. } => {
                let why = self.open(call);
                let before = self.map_of(&Known::Object(id)).map(|(entries, _)| entries).unwrap_or_default();
                self.state.change(id, |object| {
                    let What::Map { entries, rest, .. } = &mut object.what else { return };
                    match (name, given.positional.as_slice()) {
                        ("update", []) => {
                            given.keywords.iter().for_each(|(key, value)| put(entries, key, value.clone()));
                        }
                        ("setdefault", [Known::Text(key), value]) => {
                            if !before.iter().any(|(name, _)| **name == **key) {
                                put(entries, key, value.clone());
                            }
                        }
                        ("pop", [Known::Text(key), ..]) => entries.retain(|(name, _)| **name != **key),
                        ("get" | "keys" | "items" | "values" | "copy", _) => {}
                        _ => {
                            rest.get_or_insert(why);
                        }
                    }
                });
                match (name, given.positional.as_slice()) {
                    ("copy", []) => Some(Known::Object(id)),
                    ("get" | "pop" | "setdefault", [Known::Text(key), ..]) => {
                        before.into_iter().find(|(name, _)| **name == **key).map(|(_, value)| value)
                    }
                    _ => None,
                }
            }
        }
    }

    fn of_context(
        &mut self,
        id: usize,
        context: &Context,
        name: &str,
        given: &Given<'a>,
        call: &'a ExprCall,
    ) {
        if name == "wrap_socket" || name == "wrap_bio" {
            let serves = given.argument("server_side", (name == "wrap_bio").then_some(2).or(Some(1)));
            let serves = serves == Some(&Known::Flag(true));
            self.state.change(id, |object| {
                if let What::Context { serves: server, may_serve, .. } = &mut object.what {
                    *server |= serves;
                    *may_serve = false;
                }
            });
            return;
        }
        if HARMLESS_METHODS.contains(&name) {
            return;
        }
        if let Some(loader) = LOADERS.iter().find(|loader| **loader == name) {
            self.loaded.entry(id).or_default().insert(loader);
            let either = context.make == "ssl.SSLContext" && !is_clients(context);
            if *loader == "load_cert_chain" && either {
                self.state.change(id, |object| {
                    if let What::Context { may_serve, .. } = &mut object.what {
                        *may_serve = true;
                    }
                });
            }
            return;
        }
        let value = match (METHODS.contains(&name), given.positional.as_slice(), given.keywords.as_slice()) {
            (true, [value], []) => value.clone(),
            (true, [], [(_, value)]) => value.clone(),
            _ => self.unknown(call),
        };
        if name == "set_alpn_protocols" {
            return;
        }
        self.set_of_object(id, How::Call, name, value, call);
    }

    /// A call that configures a client.
    fn client(
        &mut self,
        known: &'static Call,
        given: &Given<'a>,
        call: &'a ExprCall,
        settings: BTreeMap<&'static str, Value>,
    ) {
        self.configure(known.client, known.way, known.arguments, given, call, settings);
    }

    fn configure(
        &mut self,
        client: &'static str,
        way: &'static str,
        takes: &'static [Argument],
        given: &Given<'a>,
        call: &'a ExprCall,
        mut settings: BTreeMap<&'static str, Value>,
    ) {
        let at = self.module.place(call);
        let mut places = vec![at.clone()];
        let mut objects = Vec::new();
        let mut ignored = BTreeSet::new();
        let mut is_set = false;
        let mut open = None;
        for argument in takes {
            let Some(known) = given.argument(argument.name, argument.position) else { continue };
            let known = known.clone();
            let value = match argument.takes {
                Takes::Own => continue,
                Takes::Setting => self.value(&known, call),
                Takes::Authorities => Ok(Value::Authorities),
                Takes::Verify | Takes::Context => self.verifies(&known, call),
            };
            if let Known::Object(id) = known.plain() {
                self.used.insert(id);
                objects.push(id);
                ignored.extend(self.loaded.get(&id).cloned().unwrap_or_default());
                let of_object = self.state.object(id).map(|object| object.places.clone());
                places.extend(of_object.unwrap_or_default());
            }
            match value {
                // `None` is what the argument has by default.
                Ok(Value::None) => {}
                Ok(value) => {
                    is_set = true;
                    settings.insert(argument.setting, value);
                }
                Err(why) => {
                    let name = argument.name;
                    open.get_or_insert(Open::new(format!("`{name}=` is {}", why.why)));
                }
            }
        }
        if let Some(rest) = given.rest.clone().filter(|_| !given.of_caller) {
            open.get_or_insert(Open::new(format!("it is given `**` of {}", rest.why)));
        }
        if let Some(open) = open {
            self.hole(&at, format!("how {client} is configured is not settled by the code: {}", open.why));
            return;
        }
        if is_set {
            places.dedup();
            self.row(Configuration { client, way, arguments: settings }, places, &objects, ignored);
        }
    }

    /// `ssl._create_default_https_context = …`
    pub(super) fn https_context(&mut self, value: Known<'a>, place: Place, at: &'a ExprAttribute) {
        let context = match value.plain() {
            Known::Path(path) => MAKERS
                .iter()
                .find(|(name, _)| *name == &*path)
                .map(|(make, _)| Context { make, arguments: BTreeMap::new(), changes: Vec::new() })
                .ok_or_else(|| Open::new(format!("`{path}` is not read"))),
            Known::Function(function) => match self.enter(&function, &Given::default(), place.clone()) {
                Some(Known::Object(id)) => {
                    self.used.insert(id);
                    self.context(id)
                }
                _ => Err(Open::new("what the function makes is not to be seen")),
            },
            _ => Err(self.open(at)),
        };
        match context {
            Ok(context) => {
                let arguments = BTreeMap::from([("context", Value::Context(Box::new(context)))]);
                let configuration =
                    Configuration { client: "urllib.request", way: "https_context", arguments };
                self.row(configuration, vec![place], &[], BTreeSet::new());
            }
            Err(open) => {
                let what = "how every client of the standard library is configured";
                self.hole(&place, format!("{what} is not settled by the code: {}", open.why));
            }
        }
    }

    /// A method of something that is not known: what is to be verified is told.
    fn stranger(&mut self, name: &str, given: &Given<'a>, call: &'a ExprCall, callee: &'a ExprAttribute) {
        self.passed(name, given);
        let makes = REQUESTS.contains(&name) || matches!(name, "client" | "resource" | "create_client");
        let verify = given.keyword("verify");
        let ssl = given.keyword("ssl").filter(|value| matches!(value, Known::Flag(_)));
        let Some(value) = verify.or(ssl).filter(|_| makes) else { return };
        let has = |word: &str| self.module.text.contains(word);
        let is_http = has("aiohttp") || verify.is_some() && (has("requests") || has("httpx") || has("boto"));
        if !is_http {
            return;
        }
        if *value == Known::Flag(true) {
            return;
        }
        let at = self.module.place(call);
        let source = snippet(self.module.source(callee));
        self.hole(
            &at,
            format!("`{source}` is told what to verify, and whose method it is is not to be seen"),
        );
    }

    // --- Functions and classes of the file.

    fn follow(
        &mut self,
        function: &Function<'a>,
        given: &Given<'a>,
        call: &'a ExprCall,
    ) -> Option<Known<'a>> {
        let at = self.module.place(call);
        let answer = self.enter(function, given, at);
        if answer.is_none() {
            self.may_change(given, call);
        }
        answer.filter(|answer| !matches!(answer, Known::SomeText))
    }

    /// A function of the project that is not followed may do anything with the contexts it is given.
    fn may_change(&mut self, given: &Given<'a>, call: &'a ExprCall) {
        for id in given.objects() {
            if self.state.object(id).is_some_and(|object| matches!(object.what, What::Context { .. })) {
                let why = self.because(call, "what is called may change it");
                self.state.change(id, |object| {
                    object.open.get_or_insert(why);
                });
            }
        }
    }

    /// Runs a function of the file with what it is given; `None` where it is not followed. What comes back and is not known
    /// is `SomeText` for the caller to drop.
    fn enter(&mut self, function: &Function<'a>, given: &Given<'a>, at: Place) -> Option<Known<'a>> {
        let start = function.code.start();
        let too_deep = self.followed.len() >= MAX_FOLLOWED || self.followed.contains(&start);
        if too_deep || Some(start) == self.function || !self.step() {
            return None;
        }
        if let Code::Def(def) = function.code {
            let is_plain = def.decorator_list.iter().all(|decorator| {
                let name = match &decorator.expression {
                    Expr::Call(call) => &*call.func,
                    other => other,
                };
                let last = match name {
                    Expr::Name(name) => name.id.as_str(),
                    Expr::Attribute(attribute) => attribute.attr.as_str(),
                    _ => "",
                };
                PLAIN_DECORATORS.contains(&last)
            });
            if !is_plain {
                return None;
            }
        }
        self.followed.push(start);
        self.callers.push(at);
        self.frames.push(Frame::default());
        let scope = self.state.scope();
        let chain: Rc<[usize]> = function.chain.iter().copied().chain([scope]).collect();
        let outside = (
            std::mem::replace(&mut self.chain, chain),
            std::mem::replace(&mut self.own, function.own.clone()),
        );
        let mut answer = None;
        match function.code {
            Code::Def(def) => {
                let own =
                    function.own.as_ref().map(|own| own.0).filter(|_| !has_decorator(def, "staticmethod"));
                self.arguments(&def.parameters, own, given);
                let flow = self.block(&def.body);
                if flow == super::walk::Flow::Goes
                    && let Some(frame) = self.frames.last_mut()
                {
                    frame.returned.push(Known::None);
                }
            }
            Code::Lambda(lambda) => {
                if let Some(parameters) = &lambda.parameters {
                    self.arguments(parameters, None, given);
                }
                answer = Some(self.eval(&lambda.body));
            }
        }
        (self.chain, self.own) = outside;
        let returned = self.leave();
        self.callers.pop();
        self.followed.pop();
        let answer = answer.or_else(|| {
            let mut returned = returned.into_iter();
            let first = returned.next()?;
            returned.all(|other| other == first).then_some(first)
        });
        Some(answer.filter(|answer| !matches!(answer, Known::Unknown(_))).unwrap_or(Known::SomeText))
    }

    /// Binds the parameters of a function that is followed.
    fn arguments(&mut self, parameters: &'a Parameters, own: Option<usize>, given: &Given<'a>) {
        let mut positional = own.map(Known::Instance).into_iter().chain(given.positional.iter().cloned());
        let mut taken = Vec::new();
        let may_be_starred = |index: usize| given.starred && index >= given.positional.len();
        for (index, parameter) in parameters.posonlyargs.iter().chain(&parameters.args).enumerate() {
            let name = parameter.parameter.name.as_str();
            let value = positional.next().or_else(|| given.keyword(name).cloned());
            let value = value.or_else(|| {
                if may_be_starred(index) || given.rest.is_some() {
                    return Some(Known::Unknown(
                        given.rest.clone().unwrap_or_else(|| Open::new("`*` of a call")),
                    ));
                }
                Some(self.eval(parameter.default()?))
            });
            let value = value.unwrap_or_else(|| self.unknown(&parameter.parameter));
            taken.push(name);
            self.bind(name, value);
        }
        for parameter in &parameters.kwonlyargs {
            let name = parameter.parameter.name.as_str();
            let value = given.keyword(name).cloned().or_else(|| {
                if let Some(rest) = &given.rest {
                    return Some(Known::Unknown(rest.clone()));
                }
                Some(self.eval(parameter.default()?))
            });
            let value = value.unwrap_or_else(|| self.unknown(&parameter.parameter));
            taken.push(name);
            self.bind(name, value);
        }
        if let Some(rest) = &parameters.vararg {
            let value = self.unknown(&**rest);
            self.bind(rest.name.as_str(), value);
        }
        if let Some(rest) = &parameters.kwarg {
            let entries: Vec<_> =
                given.keywords.iter().filter(|(name, _)| !taken.contains(&name.as_str())).cloned().collect();
            let what = What::Map { entries, rest: given.rest.clone(), of_caller: given.of_caller };
            let at = self.module.place(&**rest);
            let map = self.make(what, at);
            self.bind(rest.name.as_str(), map);
        }
    }

    /// An object of a class of the file.
    fn instance(&mut self, class: &Class<'a>, given: &Given<'a>, call: &'a ExprCall) -> Option<Known<'a>> {
        let scope = self.state.scope();
        self.state.set(scope, "__class__", Known::Class(class.clone()));
        let at = self.module.place(call);
        let made = Known::Instance(scope);
        if let Some(Known::Function(init)) = self.attribute(&made, "__init__") {
            self.follow(&init, given, call);
        }
        if is_adapter(class)
            && let Some(Known::Function(init)) = self.attribute(&made, "init_poolmanager")
        {
            let open = Given { starred: true, of_caller: true, ..Given::default() };
            self.enter(&init, &open, at);
        }
        Some(made)
    }

    /// Methods by which an adapter of requests decides what is verified in its own way.
    pub(super) fn adapter_of(&mut self, class: &Class<'a>) {
        if !is_adapter(class) {
            return;
        }
        for name in ["cert_verify", "get_connection_with_tls_context", "build_connection_pool_key_attributes"]
        {
            if let Some(Known::Function(Function { code: Code::Def(def), .. })) =
                self.state.name(class.scope, name)
            {
                let at = self.module.place(&def.name);
                self.hole(&at, format!("what the adapter verifies: it has a `{name}` of its own"));
            }
        }
    }
}

fn is_adapter(class: &Class<'_>) -> bool {
    class.bases.iter().any(|base| base == "requests.HTTPAdapter")
}

fn is_clients(context: &Context) -> bool {
    matches!(context.arguments.get("protocol"), Some(Value::Constants(names))
        if names.iter().any(|name| name == "PROTOCOL_TLS_CLIENT"))
}
