"""Loads public holidays into the calendar of teams."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from leadrouter.common.errors import InvalidInput
from reps.services.holidays import load_holidays


class Command(BaseCommand):
    help = "Adds the public holidays of countries (two letters each), this year and the next."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("countries", nargs="+", metavar="COUNTRY")
        parser.add_argument("--year", type=int, help="This year only (default: this and the next).")

    def handle(self, *args: Any, **options: Any) -> None:
        this_year = timezone.now().year
        years = [options["year"]] if options["year"] else [this_year, this_year + 1]
        for country in options["countries"]:
            try:
                count = sum(load_holidays(country=country, year=year) for year in years)
            except InvalidInput as refused:
                raise CommandError(refused.message) from refused
            self.stdout.write(f"{country.upper()}: {count} holidays added")
