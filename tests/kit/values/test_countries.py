"""Which country a person is counted to."""

from lyceum.kit.values.countries import of_person


def test_the_first_that_is_known_tells_the_country_and_which_it_was() -> None:
    assert of_person(edge="NG", billing="GH", profile="KE") == ("NG", "edge")
    assert of_person(edge=None, billing="GH", profile="KE", earlier="UG") == ("GH", "billing")
    assert of_person(edge="", billing=None, profile="KE", earlier="UG") == ("KE", "profile")
    assert of_person(edge=None, billing=None, profile=None, earlier="UG") == ("UG", "earlier")
    assert of_person(edge=None, billing=None, profile=None) == ("ZZ", "none")
