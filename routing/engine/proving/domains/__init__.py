"""The values of one attribute, cut into cells by the tests that ask about it."""

from routing.engine.proving.domains.base import Domain, Variable
from routing.engine.proving.domains.listed import ListedDomain
from routing.engine.proving.domains.making import Knowledge, make_domain

__all__ = ["Domain", "Knowledge", "ListedDomain", "Variable", "make_domain"]
