using System.Globalization;

namespace Sallyport.Policy.Reading;

/// <summary>Something in a source that cannot be accepted. All of a document are collected, up to 200.</summary>
/// <param name="Source">File or option.</param>
/// <param name="Line">From 1; 0 where there are no lines.</param>
/// <param name="Column">From 1, in characters; 0 where there are none.</param>
/// <param name="Value">The text as it stands there, unescaped; empty when something is missing.</param>
/// <param name="What">The problem, without full stop.</param>
/// <param name="Accepted">What would be accepted.</param>
public sealed record PolicyMistake(string Source, int Line, int Column, string Value, string What, string Accepted)
{
    /// <summary><c>.sallyport.yml:4:5: 'github.com:0': the port cannot be read; accepted: …</c>, escaped.</summary>
    public override string ToString()
    {
        string place = Line == 0 ? Source : string.Create(CultureInfo.InvariantCulture, $"{Source}:{Line}:{Column}");
        string value = Value.Length == 0 ? "" : $"'{Escape.Text(Value)}': ";
        return $"{Escape.Text(place)}: {value}{What}; accepted: {Accepted}";
    }
}
