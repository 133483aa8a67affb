"""Proofs about rules: what holds for every lead there could be, each with a lead as witness.

A lead is a point: for every attribute one value, or none. The tests of the rules cut the values of
an attribute into finitely many *cells* that no test tells apart (`domains`), so that a condition
becomes a union of *boxes* of cells (`space`, `boxes`). Whether a rule is ever reached then is the
question whether its boxes are covered by those of the rules above it, which `searching` answers
exactly: with a point outside, or with the rules that cover. Every point found is turned back into a
lead and shown to the product's own evaluator before anybody hears of it.

Attributes are taken as independent of each other but for what `dependencies` knows of sources and
territories. What is proved to be unreachable therefore is; and a witness that real data could not show (a
Californian outside the US) is possible where rules ask for such a pair.
"""
