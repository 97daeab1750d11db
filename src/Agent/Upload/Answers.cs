using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Sallyport.Agent.Upload;

/// <summary>What a server answered.</summary>
internal static class Answers
{
    /// <summary>Null when it is not that.</summary>
    internal static T? TryRead<T>(ReadOnlySpan<byte> body, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(body, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
