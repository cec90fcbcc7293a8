"""Meters of energy, on counters that are written by hand."""

from typing import ClassVar

import pytest
import torch

from nscbench.benchmarks.cost import energy


def test_nvml_counts_millijoules_of_the_gpu_in_use(monkeypatch):
    class Library:
        """Stands in for libnvidia-ml: a GPU that has spent 5 J, then 7.5 J."""

        readings: ClassVar = [5000, 7500]

        def nvmlInit_v2(self):
            return 0

        def nvmlDeviceGetHandleByUUID(self, uuid, handle):
            return 0 if uuid == b"GPU-of-torch" else 6

        def nvmlDeviceGetTotalEnergyConsumption(self, handle, millijoules):
            millijoules._obj.value = self.readings.pop(0)
            return 0

    class Properties:
        uuid = "of-torch"

    monkeypatch.setattr(energy.ctypes, "CDLL", lambda name: Library())
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda index: Properties)
    assert energy.Nvml().joules() == pytest.approx(2.5)
    monkeypatch.setattr(Properties, "uuid", "of-another")
    with pytest.raises(energy.NoMeter, match="nvmlDeviceGetHandleByUUID fails with status 6"):
        energy.Nvml()


def zone(folder, name, energy_uj, size=999_999):
    (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / name / "energy_uj").write_text(f"{energy_uj}\n")
    (folder / name / "max_energy_range_uj").write_text(f"{size}\n")


def test_packages_are_added_and_counters_wrap_around(tmp_path):
    zone(tmp_path, "intel-rapl:0", 900_000)
    zone(tmp_path, "intel-rapl:1", 0)
    zone(tmp_path, "intel-rapl:0:0", 0)  # the cores, which the package has already
    meter = energy.Rapl(tmp_path)
    for index, value in enumerate((900_000, 400_000, 0)):
        zone(tmp_path, ("intel-rapl:0", "intel-rapl:0", "intel-rapl:0:0")[index], value)
        if index == 1:
            assert meter.joules() == pytest.approx(0.5)
    zone(tmp_path, "intel-rapl:1", 250_000)
    zone(tmp_path, "intel-rapl:0:0", 777)
    assert meter.joules() == pytest.approx(0.75)


def test_without_a_meter_the_reason_is_said(tmp_path):
    with pytest.raises(energy.NoMeter, match="holds no package of a processor"):
        energy.Rapl(tmp_path / "absent")
    (tmp_path / "intel-rapl:0").mkdir()
    with pytest.raises(energy.NoMeter, match=r"max_energy_range_uj: No such file"):
        energy.Rapl(tmp_path)
