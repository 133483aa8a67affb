"""The demo organisation. It is a caller: made by the real services, imported by nothing.

The tests' factories (tests/factories/) write rows directly and stay with the tests; a demo made of
such rows could show states that no service allows.
"""
