using System.Text.Json;

namespace Sallyport.Agent.Core.GitHub.Log;

/// <summary>Fields of the worker's JSON, whatever they are.</summary>
internal static class JsonFields
{
    private const int LongestText = 4096;
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 128 };

    /// <summary>Reads an object.</summary>
    /// <returns>Null when it is not one; else to be disposed.</returns>
    public static JsonDocument? Object(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            var document = JsonDocument.Parse(utf8, Options);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            return null;
        }
        catch (JsonException)
        {
            // Counted by the caller as malformed.
            return null;
        }
    }

    public static JsonElement? Field(this JsonElement element, string name)
    {
        try
        {
            return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var field) ? field : null;
        }
        catch (InvalidOperationException)
        {
            // A name in the object has half a surrogate, as below.
            return null;
        }
    }

    /// <summary>A text of at most 4096 characters; null for anything else, also for text that is no UTF-16.</summary>
    public static string? Text(this JsonElement element, string name) => element.Field(name)?.Text();

    public static string? Text(this JsonElement element)
    {
        if (element.ValueKind is not JsonValueKind.String)
        {
            return null;
        }

        try
        {
            var text = element.GetString();
            return text is null || text.Length <= LongestText ? text : text[..LongestText];
        }
        catch (InvalidOperationException)
        {
            // "\ud800": a surrogate without its other half cannot be a string.
            return null;
        }
    }

    public static IEnumerable<JsonElement> Items(this JsonElement? element) =>
        element is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];
}
