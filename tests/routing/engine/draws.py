"""Hypothesis strategies for facts, tests and conditions of every attribute."""

from hypothesis import strategies as st

from routing.engine.attributes import ATTRIBUTES, Attribute
from routing.engine.conditions import All, Any, Not, Test
from routing.engine.normal import AttributeType
from routing.engine.operators import Operator
from routing.engine.values import Shape, get_shape

WORDS = ["us", "US", "ca", "DE", "Ärzte", "a.example.com", "example.com", "10115", "10115-1234"]
WORDS += ["K1A 0B1", "k1b", "Straße", "STRASSE", "strasse", "hot lead", "lead", "x"]
words = st.one_of(st.sampled_from(WORDS), st.text(min_size=1, max_size=6)).filter(str.strip)
numbers = st.one_of(
    st.integers(0, 23), st.floats(0, 23, allow_nan=False), st.sampled_from([0, 1, 5, 5.0])
)
fact_values = st.one_of(
    st.none(),
    st.booleans(),
    st.text(max_size=6),
    words,
    st.integers(),
    numbers,
    st.floats(),
    st.frozensets(words, max_size=4),
)
POSTAL_PAIRS = [("10000", "19999"), ("K1A", "K1Z"), ("00000", "99999"), ("k1a0b1", "K1A 0B2")]


def draw_whole_text(attribute: Attribute) -> st.SearchStrategy[str]:
    if attribute.choices is not None:
        return st.sampled_from(attribute.choices)
    if attribute.pattern is not None:
        return st.from_regex(attribute.pattern, fullmatch=True)
    return words


def draw_value(attribute: Attribute, operator: Operator) -> st.SearchStrategy[object]:
    text = words
    if operator in (Operator.EQUALS, Operator.IN):
        text = draw_whole_text(attribute)
    if operator is Operator.MATCHES_DOMAIN:
        text = st.sampled_from(["example.com", "EXAMPLE.com", "com", "b.org", "a.example.com"])
    texts = st.lists(text, min_size=1, max_size=4).map(tuple)
    return {
        Shape.NOTHING: st.none(),
        Shape.TEXT: text,
        Shape.TEXT_LIST: texts,
        Shape.TEXT_OR_LIST: st.one_of(text, texts),
        Shape.NUMBER: numbers,
        Shape.NUMBER_PAIR: st.tuples(numbers, numbers).map(lambda pair: tuple(sorted(pair))),
        Shape.BOOLEAN: st.booleans(),
        Shape.POSTAL_PAIR: st.sampled_from(POSTAL_PAIRS),
    }[get_shape(attribute, operator)]


@st.composite
def tests(draw: st.DrawFn) -> Test:
    attribute = draw(st.sampled_from(list(ATTRIBUTES.values())))
    operator = draw(st.sampled_from(attribute.operators))
    return Test(attribute.name, operator, draw(draw_value(attribute, operator)))


def _extend(parts: st.SearchStrategy) -> st.SearchStrategy:
    return st.one_of(
        st.lists(parts, max_size=4).map(lambda found: All(tuple(found))),
        st.lists(parts, min_size=1, max_size=4).map(lambda found: Any(tuple(found))),
        parts.map(Not),
    )


conditions = st.recursive(tests(), _extend, max_leaves=8)

_BY_TYPE = {
    AttributeType.TEXT: words,
    AttributeType.CHOICE: words,
    AttributeType.NUMBER: numbers,
    AttributeType.BOOLEAN: st.booleans(),
    AttributeType.SET: st.frozensets(words, max_size=3),
}
likely_facts = st.fixed_dictionaries(
    {}, optional={name: _BY_TYPE[one.type] for name, one in ATTRIBUTES.items()}
)
wild_facts = st.dictionaries(st.sampled_from([*ATTRIBUTES, "no_such_attribute"]), fact_values)
facts = st.one_of(likely_facts, wild_facts)
