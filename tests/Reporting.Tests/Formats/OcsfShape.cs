using System.Collections.Immutable;

namespace Sallyport.Reporting.Tests.Formats;

/// <summary>A class or object of OCSF, as far as Sallyport's events use it.</summary>
/// <param name="Page">Of the schema browser at version 1.3.0 that it was read from.</param>
/// <param name="Required">Attributes with the requirement "required".</param>
/// <param name="AtLeastOne">The constraint of that name; empty when there is none.</param>
/// <param name="Attributes">Those that may stand: another one is a mistake, since OCSF has <c>unmapped</c> for them.</param>
internal sealed record OcsfShape(
    string Page,
    ImmutableArray<string> Required,
    ImmutableArray<string> AtLeastOne,
    ImmutableDictionary<string, OcsfKind> Attributes);
