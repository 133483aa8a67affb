"""How the API's documents describe what every part of it shares."""

from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers


class ErrorSerializer(serializers.Serializer[object]):
    """What a refusal says. Refusals may carry more, such as `winner` of a claim."""

    code = serializers.CharField(help_text="Stable; what a program decides by.")
    message = serializers.CharField(help_text="One sentence for people.")
    fields = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()),
        help_text="For each refused field its sentences; empty when no field is to blame.",
    )


class ErrorBodySerializer(serializers.Serializer[object]):
    """The one error shape."""

    error = ErrorSerializer()


def refused(description: str) -> OpenApiResponse:
    """An answer in the one error shape."""
    return OpenApiResponse(ErrorBodySerializer, description=description)
