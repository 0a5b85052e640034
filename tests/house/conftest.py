"""House tests of pages read the same stage as the tests of the pages themselves."""

from tests.web.conftest import house, open_house, stage

__all__ = ["house", "open_house", "stage"]
