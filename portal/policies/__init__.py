"""What a merchant allows: policies as data, and the engine that decides from them with its reasons.

`documents.read_policy` makes a `Policy` of a document, `rules.decide` answers, `traces.explain` tells why, `words` says
it to shoppers. All pure; `models` keeps the versions.
"""
