"""A server of Python's own ssl module on loopback: tls_server.py CERT KEY PORT MINIMUM. Ends with its standard input."""

import socket
import ssl
import sys
import threading

cert, key, port, minimum = sys.argv[1:]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(cert, key)
context.minimum_version = ssl.TLSVersion[minimum]


def answer(connection):
    try:
        with context.wrap_socket(connection, server_side=True) as tls:
            if tls.recv(4096):
                tls.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    except OSError:
        pass


def serve():
    with socket.create_server(("127.0.0.1", int(port)), backlog=64) as listener:
        while True:
            connection, _ = listener.accept()
            connection.settimeout(10)
            threading.Thread(target=answer, args=(connection,), daemon=True).start()


threading.Thread(target=serve, daemon=True).start()
sys.stdin.read()
