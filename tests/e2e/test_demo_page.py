"""The demo as a newcomer meets it: one command, a page, /idea and Approve, in a real browser."""

import re
import struct
import subprocess
import sys
import wave
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import av
import psutil
import pytest

from bot.settings import child_environment
from tests.emulators.demo.browser import browser, missing_programs
from tests.emulators.telegram.demo_cast import ART_DIRECTOR_ID, COPYWRITER_ID, PRODUCER_ID, STRANGER_ID
from tests.emulators.telegram.state import FIRST_GROUP_ID

if TYPE_CHECKING:
    from selenium.webdriver import Chrome
    from selenium.webdriver.remote.webdriver import WebDriver
    from selenium.webdriver.remote.webelement import WebElement

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(bool(missing_programs()), reason=f"not installed: {', '.join(missing_programs())}"),
]
ROOT = Path(__file__).parents[2]
AUDIO = ROOT / "tests" / "data" / "audio"
ADDRESS = "http://127.0.0.1:"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the page of a demo that runs for all tests here; in the end every process of it must be gone."""
    folder = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-m", "tests.emulators.demo", "--port", "0", "--embedding-model", "none"]
    # Elsewhere than in the project's folder, so that nobody's .env brings in a real model.
    environment = child_environment({"PYTHONPATH": str(ROOT), "OPENAI_API_KEY": "", "OPENAI_BASE_URL": ""})
    with subprocess.Popen(
        [*command, "--folder", str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        cwd=folder,
        env=environment,
    ) as process:
        try:
            yield _address(process)
        finally:
            family = psutil.Process(process.pid).children(recursive=True)
            process.terminate()
            assert process.wait(40) == 0
            _gone, alive = psutil.wait_procs(family, timeout=5)
            assert not alive


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    heard = []
    for line in process.stdout:
        heard.append(line)
        if ADDRESS in line:
            return ADDRESS + line.partition(ADDRESS)[2].split()[0]
    raise AssertionError("the demo ended before it was ready:\n" + "".join(heard))


class Page:
    """What a person does on the page and sees there. `find` waits."""

    def __init__(self, driver: "Chrome", address: str) -> None:
        self.driver = driver
        self.address = address

    def open(self, person: int, chat: int) -> None:
        self.driver.get(f"{self.address}/?person={person}&chat={chat}")
        self.find("textarea")

    def find(self, css: str, containing: str = "", *, seconds: float = 30) -> "WebElement":
        """The last element that matches and contains the text."""
        from selenium.common.exceptions import StaleElementReferenceException
        from selenium.webdriver.support.ui import WebDriverWait

        def look(driver: "WebDriver") -> "WebElement | Literal[False]":
            for one in reversed(driver.find_elements("css selector", css)):
                if containing in one.text:
                    return one
            return False

        wait = WebDriverWait(
            self.driver, seconds, poll_frequency=0.1, ignored_exceptions=[StaleElementReferenceException]
        )
        return wait.until(look, f"{css} containing {containing!r}")

    def count(self, css: str) -> int:
        return len(self.driver.find_elements("css selector", css))

    def type(self, *keys: str) -> None:
        self.find("textarea").send_keys(*keys)

    def say(self, text: str) -> None:
        self.type(text, "\ue007")
        self.find(".message.own", text)

    def script(self, code: str) -> object:
        return self.driver.execute_script(code)

    def complaints(self) -> list[str]:
        entries = self.driver.get_log("browser")  # type: ignore[no-untyped-call]
        return [entry["message"] for entry in entries if entry["level"] == "SEVERE"]


@pytest.fixture
def page(demo: str) -> Iterator[Page]:
    with browser() as driver:
        page = Page(driver, demo)
        yield page
        assert not page.complaints()


WATCH_GROWTH = """
window.lengths = new Set();
new MutationObserver(() => {
  const body = [...document.querySelectorAll('.message:not(.own) .body')].at(-1);
  const key = document.querySelector('.message:last-child .key');
  if (body && key?.textContent.includes('Stop')) lengths.add(body.textContent.length);
}).observe(document.getElementById('messages'), {subtree: true, childList: true, characterData: true});
"""


def test_an_idea_grows_on_the_page_and_is_approved(page: Page) -> None:
    page.open(ART_DIRECTOR_ID, FIRST_GROUP_ID)
    page.script(WATCH_GROWTH)
    page.say("/idea a slogan for Bedtime Story")
    page.find(".key", "Stop")
    approve = page.find(".key.success", "Approve")
    grown = page.script("return window.lengths.size")
    assert isinstance(grown, int)
    assert grown > 10, "the text grows letter by letter"
    ideas = page.find(".message:not(.own) .body", "Sources").text
    assert re.search(r"\[\d\]", ideas)
    assert "4." in ideas
    approve.click()
    page.find(".toast", "Approved")
    page.find(".message:not(.own) .body", "Approved by Lev Ostrov")
    assert page.count(".message:last-child .key.success") == 0


def test_who_may_not_approve_gets_an_alert_and_nothing_changes(page: Page) -> None:
    page.open(COPYWRITER_ID, FIRST_GROUP_ID)
    page.say("/idea слоган для осени")
    page.find(".message:last-child .key.success", "Утвердить").click()
    page.find("dialog.alert[open] p", "согласующего")
    page.find("dialog.alert[open] button").click()
    assert page.count("dialog[open]") == 0
    page.find(".message:last-child .key.success", "Утвердить")
    assert "Утверждено" not in page.find(".message:last-child .body").text


def test_a_stranger_asks_to_join_and_the_producer_lets_them_in(page: Page) -> None:
    page.open(STRANGER_ID, STRANGER_ID)
    page.find(".chip", "/start").click()
    page.find(".key.primary").click()
    page.find(".toast, dialog.alert[open] p, .message:not(.own) .body")
    page.open(PRODUCER_ID, PRODUCER_ID)
    page.find(".message:not(.own) .body", "Guest")
    page.find(".message:last-child .key.success").click()
    page.find(".message:not(.own) .body", "✅")
    page.open(STRANGER_ID, STRANGER_ID)
    page.find(".message:not(.own) .body", "Welcome to the team")


def test_words_of_people_are_never_markup(page: Page) -> None:
    page.open(COPYWRITER_ID, FIRST_GROUP_ID)
    hostile = "<img src=x onerror='window.harmed=1'><script>window.harmed=1</script> \"&lt;b&gt;"
    page.say(hostile)
    assert page.find(".message.own .text", "onerror").text == hostile
    assert page.script("return window.harmed") is None
    assert page.count(".text img, .text script") == 0


def test_the_keyboard_is_enough(page: Page) -> None:
    page.open(ART_DIRECTOR_ID, ART_DIRECTOR_ID)
    page.find(".message:not(.own) .body")
    page.type("/")
    page.find(".menu [role=option]", "/ask")
    page.type("\ue015", "\ue007")
    assert page.script("return document.querySelector('textarea').value") == "/ask "
    page.type("one", "\ue008\ue007\ue000", "two")
    assert page.script("return document.querySelector('textarea').value") == "/ask one\ntwo"
    page.script("document.querySelector('.message:not(.own) .actions button').click()")
    page.find(".composer .context .reply", "Muza")
    page.type("\ue00c")
    assert page.count(".composer .context") == 0


def test_a_picture_is_sent_and_shown(page: Page, tmp_path: Path) -> None:
    picture = tmp_path / "sketch.png"
    picture.write_bytes(_png(40, 30))
    page.open(COPYWRITER_ID, FIRST_GROUP_ID)
    page.driver.find_element("css selector", ".composer input[type=file]").send_keys(str(picture))
    page.find(".message.own .photo img")
    page.script("document.querySelector('.photo').click()")
    page.find("dialog.viewer[open] img")
    assert page.script("return document.querySelector('.message.own .photo img').naturalWidth") == 40


def choose_sample(page: Page, words: str) -> None:
    page.find(".send.mic").click()
    page.find("dialog.speech[open] .pick", words).click()
    page.find(".speech .pick[aria-checked=true]", words)
    page.find(".speech .primary:not(:disabled)")


def test_a_spoken_brief_is_read_back_becomes_ideas_and_is_approved(page: Page) -> None:
    page.open(ART_DIRECTOR_ID, ART_DIRECTOR_ID)
    page.say("/settings")
    page.find(".key", "To voice").click()
    page.find(".key", "• To voice •")
    choose_sample(page, "Give me five slogans")
    heard = page.script("return document.getElementById('speech-words').value")
    assert str(heard).startswith("Give me five slogans")
    page.find(".speech .primary").click()
    page.find(".message.own .player .clock", "0:0")
    page.find(".message:not(.own) blockquote.folding", "Give me five slogans")
    page.find(".message:last-child .key", "Correct")
    page.find(".key.success", "Approve", seconds=60).click()
    page.find(".toast", "Approved")
    page.find(".message:not(.own) .body", "Approved by Lev Ostrov")
    page.find(".message:not(.own) .player .clock", ":", seconds=60)
    page.script("[...document.querySelectorAll('.message:not(.own) .player .disc')].at(-1).click()")
    page.find(".message:not(.own) .player .wave i.played")


def test_a_recording_of_the_microphone_says_what_its_speaker_writes(demo: str, tmp_path: Path) -> None:
    with browser(microphone=_as_wav(AUDIO / "idea-ru.ogg", tmp_path / "spoken.wav")) as driver:
        page = Page(driver, demo)
        page.open(COPYWRITER_ID, COPYWRITER_ID)
        page.find(".send.mic").click()
        page.find(".speech [role=tab]", "Микрофон").click()
        page.find(".speech .record").click()
        page.find(".speech .record.on")
        driver.execute_async_script("setTimeout(arguments[0], 5500)")  # as long as one speaks
        page.find(".speech .record.on").click()
        page.find(".speech .chosen .player")
        page.find("#speech-words").send_keys("придумай две подписи к дождливому понедельнику")
        page.find(".speech .kind", "Кружок").click()
        page.find(".speech .primary:not(:disabled)").click()
        page.find(".message.own .video-note video")
        page.find(".message:not(.own) blockquote.folding", "дождливому понедельнику")
        page.find(".key.danger", "Отмена").click()
        page.find(".message:last-child .body", "Отменено")
        assert not page.complaints()


def test_a_sound_file_goes_through_the_same_dialog(page: Page) -> None:
    page.open(COPYWRITER_ID, COPYWRITER_ID)
    silence = AUDIO / "silence.ogg"
    page.driver.find_element("css selector", ".composer input[type=file]").send_keys(str(silence))
    page.find("dialog.speech[open] .chosen b", "silence.ogg")
    page.find(".speech .primary:not(:disabled)").click()
    page.find(".message.own .audio b", "silence.ogg")
    page.find(".message:last-child:not(.own) .body", "Не слышу речи")


def test_the_labels_follow_the_person_and_the_theme_follows_the_button(page: Page) -> None:
    page.open(COPYWRITER_ID, COPYWRITER_ID)
    assert page.find("textarea").get_attribute("placeholder") == "Сообщение"
    page.find(f".person[data-person='{ART_DIRECTOR_ID}']").click()
    page.find(".person[aria-checked=true]", "Lev")
    assert page.find("textarea").get_attribute("placeholder") == "Message"
    before = page.script("return getComputedStyle(document.body).backgroundColor")
    page.find(".strip .icon-button").click()
    assert page.script("return getComputedStyle(document.body).backgroundColor") != before


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + b"\x6b\x5b\xd9" * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def _as_wav(sound: Path, wav: Path) -> Path:
    resampler = av.AudioResampler("s16", "mono", 48_000)
    with av.open(str(sound), "r") as source, wave.open(str(wav), "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(48_000)
        for frame in source.decode(audio=0):
            for part in resampler.resample(frame):
                written.writeframes(part.to_ndarray().tobytes())
    return wav
