"""`python -m tests.emulators.demo.screenshots docs/images`: pictures of the page for the README, from a real demo.

They look as they should where fonts with emoji are installed (Debian: fonts-noto-color-emoji, fonts-inter).
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from selenium.webdriver import Chrome
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from bot.settings import child_environment
from tests.emulators.demo.browser import browser
from tests.emulators.demo.folder import ROOT
from tests.emulators.demo.words import tell
from tests.emulators.telegram.demo_cast import ART_DIRECTOR_ID, COPYWRITER_ID
from tests.emulators.telegram.state import FIRST_GROUP_ID

ADDRESS = "http://127.0.0.1:"
ANSWER_SECONDS = 60
# The reply buttons under the pointer and the blinking cursor would differ from picture to picture.
STILL = "document.activeElement.blur(); document.getElementById('toasts').replaceChildren();"
RUSSIAN_BRIEF = "/idea короткий слоган: вкус «Сказка на ночь», полка магазина в 21:00"
ENGLISH_BRIEF = "/idea a caption for a rainy Monday at 13:00"


@contextmanager
def running_demo() -> Iterator[str]:
    """Address of the page of a fresh demo with the demo writer."""
    with tempfile.TemporaryDirectory(prefix="muza-screenshots-") as folder:
        environment = child_environment({"PYTHONPATH": str(ROOT), "OPENAI_API_KEY": "", "OPENAI_BASE_URL": ""})
        command = [
            sys.executable,
            "-m",
            "tests.emulators.demo",
            "--port",
            "0",
            "--embedding-model",
            "none",
            "--folder",
            folder,
        ]
        with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8", cwd=folder, env=environment) as demo:
            try:
                yield next(
                    ADDRESS + line.partition(ADDRESS)[2].split()[0] for line in demo.stdout or () if ADDRESS in line
                )
            finally:
                demo.terminate()
                demo.wait(60)


def wait_for(driver: Chrome, css: str) -> None:
    WebDriverWait(driver, ANSWER_SECONDS, poll_frequency=0.2).until(
        lambda shown: shown.find_elements("css selector", css), css
    )


def open_page(driver: Chrome, address: str, person: int, chat: int, theme: str) -> None:
    driver.get(f"{address}/?person={person}&chat={chat}&theme={theme}")
    wait_for(driver, "textarea")
    wait_for(driver, ".strip .lamp:not(.waiting)")


def say(driver: Chrome, text: str) -> None:
    driver.find_element("css selector", "textarea").send_keys(text, Keys.ENTER)


def settle(driver: Chrome) -> None:
    """Until the text has grown to its end and the typing indicator is gone."""
    WebDriverWait(driver, ANSWER_SECONDS).until(
        lambda shown: shown.execute_script(
            "return !document.querySelector('.status.active, .toast, .new.message, [aria-busy=true]')"
            " || !document.getAnimations().some((one) => one.effect.getComputedTiming().iterations !== Infinity)"
        )
    )
    driver.execute_async_script("setTimeout(arguments[0], 4200)")
    driver.execute_script(STILL)


def take_pictures(address: str, folder: Path) -> None:
    with browser() as driver:
        open_page(driver, address, COPYWRITER_ID, FIRST_GROUP_ID, "light")
        say(driver, RUSSIAN_BRIEF)
        wait_for(driver, ".key.success")
        settle(driver)
        driver.save_screenshot(str(folder / "demo-ru-light.png"))
    with browser(390, 800, scale=1.5) as driver:
        open_page(driver, address, COPYWRITER_ID, FIRST_GROUP_ID, "light")
        settle(driver)
        driver.save_screenshot(str(folder / "demo-mobile.png"))
    with browser() as driver:
        open_page(driver, address, ART_DIRECTOR_ID, ART_DIRECTOR_ID, "dark")
        say(driver, ENGLISH_BRIEF)
        wait_for(driver, ".key.success")
        driver.find_element("css selector", ".key.success").click()
        wait_for(driver, ".toast")
        settle(driver)
        driver.save_screenshot(str(folder / "demo-en-dark.png"))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.emulators.demo.screenshots", description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    with running_demo() as address:
        take_pictures(address, folder)
    for picture in sorted(folder.glob("demo-*.png")):
        tell(f"{picture.name}: {picture.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
