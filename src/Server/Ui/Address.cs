using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;

namespace Sallyport.Server.Ui;

/// <summary>The address of a list with its filters: every number and every filter is a link made by it.</summary>
internal sealed record Address(string Path, ImmutableSortedDictionary<string, string> Values)
{
    /// <summary>Where a list goes on; another filter begins at its start again.</summary>
    public const string After = "after";

    // The longest value that is looked at.
    private const int MaximumCharacters = 300;

    public Address(string path)
        : this(path, ImmutableSortedDictionary<string, string>.Empty)
    {
    }

    /// <summary>A filter; null when it is not set.</summary>
    public string? this[string name] => Values.GetValueOrDefault(name);

    /// <summary>From a request: the filters that the list knows, and nothing else.</summary>
    public static Address Of(HttpRequest request, params ReadOnlySpan<string> names)
    {
        var values = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            var value = request.Query[name].ToString();
            if (value.Length is > 0 and <= MaximumCharacters && !value.Contains('\0', StringComparison.Ordinal))
            {
                values[name] = value;
            }
        }

        return new Address(request.Path.Value ?? "/", values.ToImmutable());
    }

    /// <summary>With some filters set anew; one that is null or empty is taken away.</summary>
    public Address With(params ReadOnlySpan<(string Name, string? Value)> changes)
    {
        var values = Values.ToBuilder();
        values.Remove(After);
        foreach (var (name, value) in changes)
        {
            if (string.IsNullOrEmpty(value))
            {
                values.Remove(name);
            }
            else
            {
                values[name] = value;
            }
        }

        return this with { Values = values.ToImmutable() };
    }

    public override string ToString()
    {
        var text = new StringBuilder(Path);
        var separator = '?';
        foreach (var (name, value) in Values)
        {
            text.Append(separator).Append(name).Append('=').Append(UrlEncoder.Default.Encode(value));
            separator = '&';
        }

        return text.ToString();
    }
}
