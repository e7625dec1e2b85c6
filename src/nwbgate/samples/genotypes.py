"""Firing and indicator response of the three mouse lines of Dataset II.

Firing statistics summarise the published spike times of 74 recordings of the same experiment. Indicator kinetics
follow Huang et al. 2021, eLife 51675; the peaks of 1 to 5 action potentials were matched to the same recordings.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Genotype:
    """A mouse line with its calcium indicator.

    Parameters
    ----------
    acronym : str
        Short name of the line in the publication.
    text : str
        Full genotype, as the source files write it.
    rate_quartiles : tuple of float
        Minimum, quartiles and maximum over cells of the mean firing rate, in Hz.
    event_sizes : tuple of float
        Relative frequency of events of 1, 2, ... action potentials within 250 ms.
    burst_share : float
        Mean over cells of the share of inter-spike intervals below 10 ms.
    amplitude : float
        Peak dF/F of one action potential.
    exponent : float
        Exponent of the indicator's nonlinearity.
    rise, decay : float
        Time constants of the calcium kernel, in seconds.
    """

    acronym: str
    text: str
    rate_quartiles: tuple[float, float, float, float, float]
    event_sizes: tuple[float, ...]
    burst_share: float
    amplitude: float
    exponent: float
    rise: float
    decay: float


#: Genotypes by acronym, in the order in which sample recordings take turns.
GENOTYPES: dict[str, Genotype] = {
    genotype.acronym: genotype
    for genotype in (
        Genotype(
            acronym="Emx1-s",
            text="Emx1-IRES-Cre;Camk2a-tTA;Ai94",
            rate_quartiles=(0.36, 0.71, 1.25, 1.67, 3.0),
            event_sizes=(0.39, 0.28, 0.15, 0.10, 0.05, 0.02, 0.005),
            burst_share=0.24,
            amplitude=0.15,
            exponent=1.40,
            rise=0.10,
            decay=0.60,
        ),
        Genotype(
            acronym="Emx1-f",
            text="Emx1-IRES-Cre;Camk2a-tTA;Ai93",
            rate_quartiles=(0.24, 0.69, 1.21, 1.92, 5.1),
            event_sizes=(0.27, 0.23, 0.17, 0.13, 0.08, 0.05, 0.03),
            burst_share=0.30,
            amplitude=0.085,
            exponent=1.75,
            rise=0.03,
            decay=0.18,
        ),
        Genotype(
            acronym="Cux2-f",
            text="Cux2-CreERT2;Camk2a-tTA;Ai93",
            rate_quartiles=(0.23, 0.58, 0.96, 2.1, 6.6),
            event_sizes=(0.39, 0.24, 0.14, 0.09, 0.05, 0.03, 0.015),
            burst_share=0.13,
            amplitude=0.07,
            exponent=1.20,
            rise=0.03,
            decay=0.18,
        ),
    )
}
