using System.Buffers;
using System.Text.Json;

namespace Sallyport.Agent.Core.DockerApi;

/// <summary>The few words of the API's documents that are read.</summary>
public static class DockerText
{
    private const int IdLength = 64;
    private static readonly SearchValues<char> HexadecimalDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public static bool IsId(string? text) => text?.Length == IdLength && !text.AsSpan().ContainsAnyExcept(HexadecimalDigits);

    /// <summary>
    /// A text of the outermost object, <c>{"Id":"0123…","Warnings":[]}</c>, by the name that the daemon writes. Null when it
    /// is not there, or this is no such document.
    /// </summary>
    public static string? TryReadText(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isIt = reader.ValueTextEquals(name);
                _ = reader.Read();
                if (isIt)
                {
                    return reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                }

                reader.Skip();
            }

            return null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null; // cut off, no JSON, or no UTF-8
        }
    }
}
