// Labels of the client in the language of the person who uses it; Muza speaks for herself.

import { me } from "./state.js";

const WORDS = {
  ru: {
    people: "От чьего лица", chats: "Чаты", back: "Назад", messages: "Сообщения", message: "Сообщение", send: "Отправить",
    attach: "Прикрепить файл", record: "Записать", discard: "Убрать запись", recording: "Идёт запись…", recordAgain: "Готово. Нажмите, чтобы записать заново",
    speak: "Сказать голосом", speakToMuza: "Сказать голосом", samples: "Примеры", microphone: "Микрофон", soundFile: "Файл",
    pressToRecord: "Нажмите и говорите", chooseSound: "Выберите звук или видео или перетащите сюда", sampleSilence: "Тишина", sampleMusic: "Музыка без слов",
    whatIsHeard: "Что услышит Муза", wordsPlaceholder: "Слова из записи; пусто — в ней никто не говорит",
    whyWords: "Слушает демо-слушатель: он не распознаёт речь, а узнаёт запись и «слышит» эти слова.", realListener: "Слушает модель ",
    sendAs: "Отправить как", asVoice: "Голосовое", asNote: "Кружок", asAudio: "Аудиофайл", videoNote: "Видеосообщение",
    reply: "Ответить", edit: "Изменить", editing: "Изменение сообщения", cancel: "Отмена",
    edited: "изменено", today: "Сегодня", yesterday: "Вчера", bot: "бот", draft: "Муза пишет", stop: "Остановить", typing: "печатает",
    bottom: "К последнему сообщению", copied: "Скопировано", noAnswer: "Муза не ответила на нажатие", failed: "Не получилось",
    offline: "Связь потеряна, пробую снова…", online: "Связь восстановлена", ok: "Понятно", photo: "Фотография", voice: "Голосовое сообщение",
    audio: "Аудио", document: "Файл", video: "Видео", play: "Слушать", pause: "Пауза", you: "Вы", topics: "Темы", topicClosed: "Тема закрыта",
    onlyYou: "Видно только вам", showAll: "Показать целиком", spoiler: "Скрытый текст, нажмите, чтобы показать", noMicrophone: "Микрофон недоступен: возьмите пример или файл",
    light: "Светлая тема", dark: "Тёмная тема", start: "Начать", created: "Тема создана", joined: "теперь в группе", left: "больше не в группе", commands: "Команды",
    members: { one: "участник", few: "участника", many: "участников", other: "участника" },
    demo: "Демо", demoWaiting: "Муза просыпается…", demoTelegram: "Telegram эмулирован, Муза настоящая.", demoWriter: "Пишет демо-автор.", realWriter: "Пишет ",
    roles: { copywriter: "копирайтер", "art director": "арт-директор", admin: "продюсер", stranger: "гость" },
    helloPrivate: "Здесь — личный разговор с Музой.", helloGroup: "Общий чат команды. Муза отвечает на команды, упоминания и ответы.",
    helloStranger: "Незнакомцам Муза не отвечает, но может передать просьбу.", general: "Общая",
  },
  en: {
    people: "Speak as", chats: "Chats", back: "Back", messages: "Messages", message: "Message", send: "Send",
    attach: "Attach a file", record: "Record", discard: "Discard", recording: "Recording…", recordAgain: "Done. Press to record again",
    speak: "Say it", speakToMuza: "Say it", samples: "Samples", microphone: "Microphone", soundFile: "File",
    pressToRecord: "Press and speak", chooseSound: "Choose sound or video, or drop it here", sampleSilence: "Silence", sampleMusic: "Music without words",
    whatIsHeard: "What Muza will hear", wordsPlaceholder: "The words in the recording; empty: nobody speaks",
    whyWords: "The demo listener does not recognise speech: it knows the recording again and \"hears\" these words.", realListener: "The listening model: ",
    sendAs: "Send as", asVoice: "Voice", asNote: "Video note", asAudio: "Audio file", videoNote: "Video note",
    reply: "Reply", edit: "Edit", editing: "Edit message", cancel: "Cancel",
    edited: "edited", today: "Today", yesterday: "Yesterday", bot: "bot", draft: "Muza is writing", stop: "Stop", typing: "typing",
    bottom: "To the latest message", copied: "Copied", noAnswer: "Muza did not answer the press", failed: "That did not work",
    offline: "Connection lost, trying again…", online: "Connected again", ok: "OK", photo: "Photo", voice: "Voice message",
    audio: "Audio", document: "File", video: "Video", play: "Play", pause: "Pause", you: "You", topics: "Topics", topicClosed: "The topic is closed",
    onlyYou: "Only you can see this", showAll: "Show all of it", spoiler: "Hidden text, press to show", noMicrophone: "No microphone: take a sample or a file",
    light: "Light theme", dark: "Dark theme", start: "Start", created: "Topic created", joined: "joined the group", left: "left the group", commands: "Commands",
    members: { one: "member", other: "members" },
    demo: "Demo", demoWaiting: "Muza is waking up…", demoTelegram: "Telegram is emulated, Muza is real.", demoWriter: "The demo writer writes.", realWriter: "Written by ",
    roles: { copywriter: "copywriter", "art director": "art director", admin: "producer", stranger: "stranger" },
    helloPrivate: "A private conversation with Muza.", helloGroup: "The team's chat. Muza answers commands, mentions and replies.",
    helloStranger: "Muza does not talk to strangers, but she can pass on a request.", general: "General",
  },
};

export const language = () => (me()?.language === "ru" ? "ru" : "en");
export const t = (name) => WORDS[language()][name] ?? name;
export const role = (hint) => t("roles")[hint] ?? hint;

export function count(number, name) {
  const form = new Intl.PluralRules(language()).select(number);
  const forms = t(name);
  return `${number} ${forms[form] ?? forms.other}`;
}
