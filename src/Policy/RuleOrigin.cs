using System.Globalization;

namespace Sallyport.Policy;

/// <summary>Where a rule stands.</summary>
/// <param name="Source">Path of the file as given, <c>--allow</c>, or <c>allowed-endpoints</c>.</param>
/// <param name="Line">From 1; 0 where there are no lines.</param>
/// <param name="Column">From 1, in characters; 0 where there are none.</param>
/// <param name="Group">Group that the rule came with, without <c>@</c>; null when it was written itself.</param>
public sealed record RuleOrigin(string Source, int Line, int Column, string? Group)
{
    /// <summary><c>.sallyport.yml:4</c>, <c>--allow</c>, <c>@npm (.sallyport.yml:4)</c>.</summary>
    public override string ToString()
    {
        string place = Line == 0 ? Source : string.Create(CultureInfo.InvariantCulture, $"{Source}:{Line}");
        return Group is null ? place : $"@{Group} ({place})";
    }
}
