"""What the sheets and columns of a workbook with an edition are called, in German and English.

Both are read, whatever language the workbook was made in. The keys are the names of attributes.
"""

from __future__ import annotations

from collections.abc import Mapping

SHEETS: Mapping[str, tuple[str, str]] = {
    "edition": ("Ausgabe", "Edition"),
    "goals": ("Ziele", "Goals"),
    "plans": ("Pläne", "Plans"),
    "fields": ("Handlungsfelder", "Fields of action"),
    "measures": ("Maßnahmen", "Measures"),
    "indicators": ("Kennzahlen", "Indicators"),
    "values": ("Werte", "Values"),
    "milestones": ("Meilensteine", "Milestones"),
}

KEYS: tuple[str, str] = ("Schlüssel und Namen", "Keys and names")
"""A sheet that only tells what may be written in the others."""

COLUMNS: Mapping[str, tuple[str, str]] = {
    "key": ("Schlüssel", "Key"),
    "name": ("Name", "Name"),
    "short": ("Kurzname", "Short name"),
    "summary": ("Zusammenfassung", "Summary"),
    "source": ("Quelle", "Source"),
    "adopted_on": ("Beschlossen am", "Adopted on"),
    "from": ("Von Jahr", "From year"),
    "to": ("Bis Jahr", "To year"),
    "fields": ("Handlungsfelder", "Fields of action"),
    "unconfirmed": ("Nicht bestätigt", "Not confirmed"),
    "since": ("Seit Jahr", "Since year"),
    "updated": ("Fortgeschrieben im Jahr", "Updated in year"),
    "shape": ("Zeichen", "Mark"),
    "plan": ("Plan", "Plan"),
    "not_by_reports": ("Warum nicht durch Meldungen", "Why not by reports"),
    "topics": ("Lebensbereiche", "Areas of life"),
    "targets": ("Zielgruppen", "For whom"),
    "statement": ("Was die Stadt tut", "What the city does"),
    "example": ("Beispiel", "Example"),
    "state": ("Stand", "State"),
    "reason": ("Grund für den Stand", "Reason for the state"),
    "plans": ("Pläne", "Plans"),
    "goals": ("Ziele", "Goals"),
    "areas": ("Gebiete", "Areas"),
    "office": ("Zuständig", "Office"),
    "partners": ("Partner", "Partners"),
    "budget": ("Kosten", "Budget"),
    "evidence": ("Nachweis", "Evidence"),
    "measure": ("Maßnahme", "Measure"),
    "indicator": ("Kennzahl", "Indicator"),
    "unit": ("Einheit", "Unit"),
    "target": ("Zielwert", "Target value"),
    "target_year": ("Zieljahr", "Target year"),
    "on": ("Tag", "Day"),
    "value": ("Wert", "Value"),
    "due": ("Fällig am", "Due on"),
    "reached_on": ("Erreicht am", "Reached on"),
    "kind": ("Art", "Kind"),
}
