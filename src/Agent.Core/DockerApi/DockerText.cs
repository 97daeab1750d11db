using System.Buffers;
using System.Text.Json;

namespace Sallyport.Agent.Core.DockerApi;

/// <summary>The few words of the API's documents that are read.</summary>
public static class DockerText
{
    private const int IdLength = 64;
    private const int ComponentDepth = 3; // {"Components":[{"Name":…
    private static readonly SearchValues<char> HexadecimalDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public static bool IsId(string? text) => text?.Length == IdLength && !text.AsSpan().ContainsAnyExcept(HexadecimalDigits);

    /// <summary>
    /// Whether a reply to <c>GET /version</c> is that of Docker's engine, <c>{"Components":[{"Name":"Engine",…},…],…}</c>. Podman
    /// calls itself <c>Podman Engine</c>.
    /// </summary>
    public static bool IsEngine(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            var (isComponents, engines, components) = (false, 0, 0);
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1)
                {
                    isComponents = reader.ValueTextEquals("Components"u8);
                    components += isComponents ? 1 : 0;
                }
                else if (isComponents && reader.CurrentDepth == ComponentDepth && reader.TokenType == JsonTokenType.PropertyName
                    && reader.ValueTextEquals("Name"u8) && reader.Read())
                {
                    engines += reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("Engine"u8) ? 1 : 0;
                }
            }

            return components == 1 && engines == 1;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

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
