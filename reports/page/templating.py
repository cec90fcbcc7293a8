"""Templates of pages: HTML by jinja2, and the styles and scripts beside it."""

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined


def make_environment(*packages: str) -> Environment:
    """What renders the templates of these packages; of one name, the first's."""
    return Environment(
        loader=ChoiceLoader([PackageLoader(package) for package in packages]),
        autoescape=True,
        undefined=StrictUndefined,
    )


def source(environment: Environment, name: str) -> str:
    """A template as it is written: a style or a script."""
    loader = environment.loader
    assert loader is not None
    return loader.get_source(environment, name)[0]
