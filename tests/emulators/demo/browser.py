"""Headless Chromium for the browser test and for screenshots."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

QUIET = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
)


def missing_programs() -> list[str]:
    """What has to be installed first: Debian's packages chromium and chromium-driver."""
    return [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]


@contextmanager
def browser(
    width: int = 1280, height: int = 800, *, scale: float = 1.0, microphone: Path | None = None
) -> Iterator[webdriver.Chrome]:
    """A fresh profile each time; `width` and `height` are of the page, in CSS pixels. `microphone`: a WAV file that is
    heard in it; otherwise it beeps."""
    chromium, driver_path = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver_path is None:
        raise FileNotFoundError(f"not installed: {', '.join(missing_programs())}")
    with TemporaryDirectory(prefix="muza-browser-", ignore_cleanup_errors=True) as profile:
        options = Options()
        options.binary_location = chromium
        for argument in (*QUIET, f"--user-data-dir={Path(profile)}", f"--window-size={width},{height}"):
            options.add_argument(argument)
        if microphone is not None:
            options.add_argument(f"--use-file-for-fake-audio-capture={microphone}")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        driver = webdriver.Chrome(options=options, service=Service(executable_path=driver_path))
        try:
            driver.execute_cdp_cmd(
                "Emulation.setDeviceMetricsOverride",
                {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": False},
            )
            yield driver
        finally:
            driver.quit()
