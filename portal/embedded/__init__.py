"""PostgreSQL and Valkey without installing a server: binaries from Python packages, data kept in one folder.

`servers.embedded_servers` is the way in, for the demo, the tests and the command line. Several processes may share a
folder: the first starts the servers, the last one to leave stops them.
"""
