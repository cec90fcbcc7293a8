"""Packages that are missing, half installed or whole, by their metadata."""

import pytest

from nscbench.metrics.machinery.packages import lacking


@pytest.fixture
def install(monkeypatch, tmp_path):
    """`install(name, *requirements)` puts a package on the path; without any, one that has no
    metadata.
    """

    def write(name, *requirements):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("")
        if requirements:
            info = tmp_path / f"{name}-1.0.dist-info"
            info.mkdir()
            lines = ["Metadata-Version: 2.1", f"Name: {name}", "Version: 1.0"]
            lines += [f"Requires-Dist: {requirement}" for requirement in requirements]
            (info / "METADATA").write_text("\n".join(lines) + "\n")

    monkeypatch.syspath_prepend(tmp_path)
    return write


def test_whole_packages_lack_nothing(install):
    install("nscbench_whole", "numpy", 'no-such; extra == "other"', 'no-such; python_version < "3"')
    assert lacking(("nscbench_whole", "numpy"), "it") == ""


def test_a_missing_package_is_told_with_its_command(install):
    assert lacking(("numpy", "no_such"), "'a[b]'") == "no no_such: pip install 'a[b]'"


def test_a_package_without_what_it_requires_is_half_installed(install):
    install("nscbench_half", "numpy", "no-such>=2")
    assert lacking(("nscbench_half",), "it") == (
        "nscbench_half is half installed (it needs no-such): pip install --force-reinstall it"
    )


def test_a_package_without_metadata_is_half_installed(install):
    install("nscbench_bare")
    assert "nscbench_bare is half installed (it has no metadata)" in lacking(
        ("nscbench_bare",), "it"
    )
