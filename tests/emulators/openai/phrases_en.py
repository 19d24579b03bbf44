"""What the demo writer says in English."""

from tests.emulators.openai.angles import Angle, Phrasebook

RITUAL = Angle(
    label="ritual",
    titles=(
        "{line}",
        "{name} at {hour}, every day",
        "Always at {hour}",
        "{name}: a small rite",
        "The same hour every day",
    ),
    openings=(
        "We turn the brief {brief} into a ritual: one thing, done at one time of day.",
        "We answer {brief} with a habit instead of a film.",
    ),
    plain_opening="Instead of a campaign, a habit: one thing, done at one time of day.",
    mechanics=(
        "Every day at {hour} a one-line message comes out: {phrase}. The brand says nothing else that day.",
        "Once a day, always at {hour}, the screen shows one line, {phrase}, and a minute later it's gone.",
        "Once a day, always at the same hour, the brand says one short line and falls silent.",
    ),
    endings=(
        "Two weeks in, people know the message without the logo.",
        "By the tenth day they're waiting for the hour, not for the ad.",
        "A day may be skipped: the ritual isn't going anywhere.",
    ),
    whys=(
        "A ritual lives on repetition, and repetition needs one exact line. The brand already has it.",
        "A habit costs less than reach: the brand takes up time instead of space.",
    ),
)

CONTRAST = Angle(
    label="contrast",
    titles=("Noise on the left, {name} on the right", "{line}", "{name}: before and after", "Two halves of a frame"),
    openings=(
        "We show {brief} as two pictures that collide.",
        "For {brief} we cut the frame in half.",
    ),
    plain_opening="Two pictures collide in one frame.",
    mechanics=(
        "On the left, an ordinary day with everything happening at once. On the right, one line: {phrase}.",
        "The first half of the film talks over itself. In the second there is only {phrase}.",
        "On the left, what everybody is used to. On the right, the same place a minute later, with the clutter gone.",
    ),
    endings=(
        "The logo sits on the border between the halves and nowhere else.",
        "Nothing needs explaining: you can see the difference from across the street.",
    ),
    whys=(
        "The difference is visible at once, so nobody has to take our word for it.",
        "Contrast sets the brand apart on the shelf without naming anyone else.",
    ),
)

SEASON = Angle(
    label="a date in the calendar",
    titles=("{name} has a day of its own", "{line}", "A calendar with one entry", "The day we took for ourselves"),
    openings=(
        "We tie {brief} to the calendar: the idea has a first day and a last one.",
        "For {brief} we take one day of the year and keep it.",
    ),
    plain_opening="We take one day of the calendar: the idea has a beginning and an end.",
    mechanics=(
        "That day the shop window, the newsletter and the first line of the post say the same thing: {phrase}.",
        "From morning to night every channel shows one postcard with {phrase} and the date.",
        "That day every channel shows the same postcard, and the next morning it's gone.",
    ),
    endings=(
        "A year later we come back on the same date, and that's how a tradition starts.",
        "The next day there's no trace of it, which is why people remember.",
    ),
    whys=(
        'A date answers the question "why now".',
        "A reason from the calendar is easy to retell, and so easy to forward.",
    ),
)

STORY = Angle(
    label="one person's story",
    titles=("{name}, told by someone nearby", "In the first person", "{line}", "One person, one evening"),
    openings=(
        "We tell {brief} in the voice of one person from the audience.",
        "In {brief} the brand keeps quiet and a customer speaks.",
    ),
    plain_opening="The brand keeps quiet, and one person from the audience speaks.",
    mechanics=(
        "Our hero advertises nothing: this is an ordinary day described, and halfway through we hear {phrase}.",
        "Thirty seconds without a cut: a face, a table, a voice. The last words are {phrase}.",
        "Our hero advertises nothing: this is an ordinary day described, and the product turns up in it once.",
    ),
    endings=(
        "At the end the frame empties and leaves a caption: {name}.",
        "The next story is told by whomever the hero names.",
    ),
    whys=(
        "Somebody else's story disarms the doubt that a brand's promise provokes.",
        "It's easier to recognise yourself than to believe a slogan.",
    ),
    quotes_people=True,
)

PROOF = Angle(
    label="proof by people",
    titles=("{name}: over to those who've tried it", "Counting out loud", "{line}", "Answers, unedited"),
    openings=(
        "In {brief} we hand the floor to the people who are already with us.",
        "We settle {brief} with one question, put to every customer in turn.",
    ),
    plain_opening="We hand the floor to the people who are already with us.",
    mechanics=(
        "We collect short answers and print them as they are. Beside them is the brand's only line: {phrase}.",
        "The layout holds nothing but handwritten answers and, at the bottom, {phrase}.",
        "We collect short answers and print them as they are, with a name and a town.",
    ),
    endings=(
        "Every week the number of answers is updated in the same spot.",
        "We print the dull answers too: they show that the others are real.",
    ),
    whys=(
        "People believe people, and a figure shows how many there are.",
        "The proof has already been gathered; it only has to be shown.",
    ),
    quotes_people=True,
)

OBJECT = Angle(
    label="a thing instead of a poster",
    titles=(
        "{name}: the thing nobody throws away",
        "{line}",
        "An object instead of a poster",
        "What stays in the house",
    ),
    openings=(
        "Instead of a poster for {brief} we make an object.",
        "The answer to {brief} is a thing that people will use.",
    ),
    plain_opening="Instead of a poster we make an object.",
    mechanics=(
        "There's one inscription on it, {phrase}, and it stays in somebody's home.",
        "A plain thing, with no ribbon and no card. Inside, where the label is, it says {phrase}.",
        "A plain thing for every day; the brand's name is inside, where the label is.",
    ),
    endings=(
        "Photographs of it in other people's homes make the second wave.",
        "The run is small, and each number is written by hand.",
    ),
    whys=(
        "A thing outlives an advertisement and shows by itself what the brand is about.",
        "An object makes the promise tangible without a single adjective.",
    ),
)

GAME = Angle(
    label="a game with one rule",
    titles=("{name}: a game with one rule", "A rule for one minute", "{line}", "Played in silence"),
    openings=(
        "We turn {brief} into a game with one rule.",
        "For {brief} we write a rule that fits on a receipt.",
    ),
    plain_opening="We suggest a game with one rule.",
    mechanics=(
        "The rule: {phrase}. Whoever keeps it sends a photo and gets a reply in the brand's voice.",
        "The rule is printed on the pack: {phrase}. Nobody has to keep it, and that's a rule too.",
        "The rule takes one line; whoever keeps it sends a photo and gets a reply in the brand's voice.",
    ),
    endings=(
        "There are no winners, only a list of players, and it's published in full.",
        "It can be played alone and without getting up.",
    ),
    whys=(
        "A game gives people a reason to write to the brand first.",
        "One rule is easy to remember and easy to pass on.",
    ),
)

BACKSTAGE = Angle(
    label="behind the scenes",
    titles=("{name}: the way it is", "The door is open", "{line}", "How it's really made"),
    openings=(
        "For {brief} we show what usually stays out of frame.",
        "For {brief} we put a camera where the work is done and leave it alone.",
    ),
    plain_opening="We show what usually stays out of frame.",
    mechanics=(
        "No narrator and no cuts: a workplace, a pair of hands, one caption, {phrase}.",
        "An hour of footage becomes a minute. There's a single title: {phrase}.",
        "No narrator and no cuts: a workplace, a pair of hands and whatever sound there is.",
    ),
    endings=(
        "The mistakes stay in; they show that all of it is real.",
        "At the end somebody switches off the light, and so the film stops.",
    ),
    whys=(
        "Behind the scenes answers doubt without arguing with it.",
        "The process is cheaper to show than to fake.",
    ),
)

ENGLISH = Phrasebook(
    angles=(RITUAL, CONTRAST, SEASON, STORY, PROOF, OBJECT, GAME, BACKSTAGE),
    fact_links=(
        "It stands on the knowledge base: {fact}.",
        "The fact that holds it up: {fact}.",
        "The brand's own documents put it this way: {fact}.",
    ),
    insight_links=("We start from the team's conclusion: {insight}.", "The team knows this already: {insight}."),
    voice_links=(
        "The first words come from talks with customers: {voice}.",
        "This is how people put it themselves: {voice}.",
    ),
    bold_titles=(
        "An empty billboard",
        "A campaign you might miss",
        "Not a word about the product",
        "The refusal comes first",
    ),
    bold_moves=(
        "The bold move: the first layout has neither logo nor product, only {phrase}.",
        "The bold move: we buy the most visible spot in town and leave it almost empty.",
        "The bold move: we open with a refusal and print an honest list of what this campaign doesn't promise.",
        "The bold move: for one day we give the brand's account to somebody who has never bought us.",
    ),
    angle_named="Angle: {label}.",
    instruction_heeded="Taken into account: {instruction}.",
    no_knowledge="The knowledge base had nothing that fits, so the ideas stand on the brief alone.",
    answer_opening="Here is what the knowledge base says.",
    not_found="The knowledge base doesn't answer this question.",
    talk="Read: {said}. Send a brief, or a question about the brand.",
    signature="Demo writer: composed without a model.",
)
