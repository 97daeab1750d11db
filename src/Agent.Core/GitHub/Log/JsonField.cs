using System.Text;
using System.Text.Json;

namespace Sallyport.Agent.Core.GitHub.Log;

/// <summary>
/// One value of the worker's JSON, read whole. Not JsonDocument: that would bring the framework's cryptography into the agent
/// (it hashes names with a random seed), and with it OpenSSL.
/// </summary>
internal sealed class JsonField
{
    private const int LongestText = 4096;
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 128 };

    private readonly string? text;
    private readonly Dictionary<string, JsonField>? fields;

    private JsonField(
        JsonValueKind kind, string? text = null, IReadOnlyList<JsonField>? items = null, Dictionary<string, JsonField>? fields = null)
    {
        Kind = kind;
        this.text = text;
        Items = items ?? [];
        this.fields = fields;
    }

    public JsonValueKind Kind { get; }

    /// <summary>Of an array; empty for anything else.</summary>
    public IReadOnlyList<JsonField> Items { get; }

    /// <summary>A number as it is written, <c>true</c> or <c>false</c>; null for anything else.</summary>
    public string? Raw => Kind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False ? text : null;

    /// <summary>Reads an object, and nothing behind it.</summary>
    /// <returns>Null when it is not one.</returns>
    public static JsonField? Object(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            var reader = new Utf8JsonReader(utf8.Span, Options);
            if (!reader.Read())
            {
                return null;
            }

            var value = Read(ref reader);
            return !reader.Read() && value.Kind == JsonValueKind.Object ? value : null;
        }
        catch (JsonException)
        {
            // Counted by the caller as malformed.
            return null;
        }
    }

    /// <summary>Of an object; the last one of the name.</summary>
    public JsonField? Field(string name) => fields?.GetValueOrDefault(name);

    /// <summary>A text of at most 4096 characters; null for anything else, also for text that is no UTF-16.</summary>
    public string? Text() => Kind == JsonValueKind.String ? text : null;

    /// <summary>That of a field.</summary>
    public string? Text(string name) => Field(name)?.Text();

    private static JsonField Read(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartObject => ReadObject(ref reader),
        JsonTokenType.StartArray => ReadArray(ref reader),
        JsonTokenType.String => new JsonField(JsonValueKind.String, TextOf(ref reader)),
        JsonTokenType.Number => new JsonField(JsonValueKind.Number, Encoding.ASCII.GetString(reader.ValueSpan)),
        JsonTokenType.True => new JsonField(JsonValueKind.True, "true"),
        JsonTokenType.False => new JsonField(JsonValueKind.False, "false"),
        _ => new JsonField(JsonValueKind.Null),
    };

    private static JsonField ReadObject(ref Utf8JsonReader reader)
    {
        var found = new Dictionary<string, JsonField>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = TextOf(ref reader);
            _ = reader.Read();
            var value = Read(ref reader);
            if (name is not null)
            {
                found[name] = value;
            }
        }

        return new JsonField(JsonValueKind.Object, fields: found);
    }

    private static JsonField ReadArray(ref Utf8JsonReader reader)
    {
        var found = new List<JsonField>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            found.Add(Read(ref reader));
        }

        return new JsonField(JsonValueKind.Array, items: found);
    }

    private static string? TextOf(ref Utf8JsonReader reader)
    {
        try
        {
            var whole = reader.GetString();
            return whole is null || whole.Length <= LongestText ? whole : whole[..LongestText];
        }
        catch (InvalidOperationException)
        {
            // "\ud800": a surrogate without its other half cannot be a string.
            return null;
        }
    }
}
