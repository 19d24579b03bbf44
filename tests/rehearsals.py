"""What takes whole processes, their deaths and minutes: `make rehearse`. What each of these files proves is proved in
small by tests that always run; here it is proved with real processes, real kills and a real browser, at length."""

import pytest

REHEARSALS = (
    "contract/test_money_histories.py",
    "durability/test_backup_killed.py",
    "durability/test_budgets_killed.py",
    "durability/test_documents_killed.py",
    "durability/test_lessons_killed.py",
    "durability/test_overlaps.py",
    "durability/test_owner_killed.py::test_a_stream_that_had_ended",
    "durability/test_owner_killed.py::test_an_owner_that_was_frozen",
    "durability/test_recordings_killed.py",
    "durability/test_scenarios.py",
    "e2e/test_ask.py::test_a_bad_answer",
    "e2e/test_ask.py::test_documents_in_the_other",
    "e2e/test_broadcast.py::test_groups_hear",
    "e2e/test_broadcast_restart.py",
    "e2e/test_demo_page.py::test_a_picture_is_sent_and_shown",
    "e2e/test_demo_page.py::test_a_recording_of_the_microphone",
    "e2e/test_demo_page.py::test_a_sound_file_goes_through",
    "e2e/test_demo_page.py::test_a_spoken_brief",
    "e2e/test_demo_page.py::test_a_stranger",
    "e2e/test_demo_page.py::test_the_keyboard_is_enough",
    "e2e/test_demo_page.py::test_the_labels_follow_the_person",
    "e2e/test_demo_page.py::test_who_may_not_approve",
    "e2e/test_demo_page.py::test_words_of_people",
    "e2e/test_groups.py::test_a_group_becomes",
    "e2e/test_groups.py::test_a_quiet_group",
    "e2e/test_groups.py::test_replies_and_deliveries",
    "e2e/test_groups.py::test_who_blocks",
    "e2e/test_idea.py::test_a_native_draft",
    "e2e/test_idea.py::test_a_reply_to_a_review_card",
    "e2e/test_idea.py::test_answers_appear_in_the_topic",
    "e2e/test_idea.py::test_telegrams_own_stop",
    "e2e/test_idea.py::test_the_same_house",
    "e2e/test_kb.py",
    "e2e/test_learning.py::test_a_link",
    "e2e/test_learning.py::test_what_comes_again",
    "e2e/test_long_recordings.py",
    "e2e/test_lost_answers.py",
    "e2e/test_messages.py::test_a_correction_while",
    "e2e/test_messages.py::test_half_an_album",
    "e2e/test_reviews_that_last.py",
    "e2e/test_trouble.py::test_a_model_that_falls_silent",
    "e2e/test_trouble.py::test_a_model_that_is_down",
    "e2e/test_trouble.py::test_broken_json",
    "e2e/test_trouble.py::test_fifty_people",
    "e2e/test_trouble.py::test_without_chroma",
    "e2e/test_voice.py::test_a_command_in_the_caption",
    "e2e/test_voice.py::test_a_question_of_muzas",
    "e2e/test_voice.py::test_a_spoken_approval",
    "e2e/test_voice.py::test_a_spoken_reply",
    "e2e/test_voice.py::test_cancel_by_button",
    "e2e/test_voice.py::test_commands_about",
    "e2e/test_voice.py::test_corrected_words",
    "e2e/test_voice.py::test_forwarded_speech",
    "e2e/test_voice.py::test_in_a_group",
    "e2e/test_voice.py::test_listening_is_said",
    "e2e/test_voice.py::test_the_same_on",
    "e2e/test_voice_replies.py",
    "e2e/test_voice_trouble.py",
    "unit/bot/intake/test_kills.py",
    "unit/bot/models/test_cross_encoder.py",
    "unit/bot/models/test_listening_life.py",
    "unit/bot/worker/test_delivery_deaths.py",
    "unit/services/documents/test_hostile_documents.py",
    "unit/services/transcription/test_over_the_wire.py",
    "unit/services/transcription/test_silero_voice.py",
)
"""Beginnings of tests' names below tests/."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rehearsals", choices=("no", "too", "only"), default="no", help="Run the long rehearsals.")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    wanted = config.getoption("--rehearsals")
    if wanted == "too" or _named(config):
        return
    chosen: list[pytest.Item] = []
    left: list[pytest.Item] = []
    for item in items:
        (chosen if is_rehearsal(item.nodeid) == (wanted == "only") else left).append(item)
    items[:] = chosen
    config.hook.pytest_deselected(items=left)


def is_rehearsal(nodeid: str) -> bool:
    return nodeid.removeprefix("tests/").startswith(REHEARSALS)


def _named(config: pytest.Config) -> bool:
    """Whoever names a file means it."""
    return any(".py" in argument for argument in config.invocation_params.args)
