"""Colour-blind safe colours of the plots, after Okabe and Ito (2008)."""

BLUE, SKY, GREEN, ORANGE, VERMILION, PURPLE = "#0072B2", "#56B4E9", "#009E73", "#E69F00", "#D55E00", "#CC79A7"
GREY, DARK = "#8C8C8C", "#222222"

#: One after the other for planes and sessions.
CYCLE = (BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, DARK, GREY)

#: Column of the trials that is true -> colour.
OUTCOMES = {
    "hit": GREEN,
    "miss": ORANGE,
    "false_alarm": VERMILION,
    "correct_reject": SKY,
    "auto_rewarded": PURPLE,
    "aborted": GREY,
}
LICK, REWARD = DARK, BLUE
