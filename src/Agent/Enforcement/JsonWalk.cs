using System.Text.Json;

namespace Sallyport.Agent.Enforcement;

/// <summary>Steps through JSON that somebody else wrote, of which a few fields are wanted.</summary>
internal static class JsonWalk
{
    /// <summary>Into the next value; false when it is of another kind, which is then passed over.</summary>
    internal static bool Enter(ref Utf8JsonReader json, JsonTokenType kind)
    {
        json.Read();
        if (json.TokenType == kind)
        {
            return true;
        }

        json.Skip();
        return false;
    }

    /// <summary>To the next field of the object that was entered; false at its end.</summary>
    internal static bool Next(ref Utf8JsonReader json) => json.Read() && json.TokenType == JsonTokenType.PropertyName;

    /// <summary>
    /// Name of the field in lower case. Programs in Go fold two letters beyond ASCII too: the long s, and the sign of Kelvin.
    /// </summary>
    internal static string Name(ref Utf8JsonReader json) =>
        json.GetString()!.ToLowerInvariant().Replace('\u017f', 's').Replace('\u212a', 'k');

    /// <summary>The text that follows; null for another value, which is passed over.</summary>
    internal static string? Text(ref Utf8JsonReader json)
    {
        json.Read();
        var text = json.TokenType == JsonTokenType.String ? json.GetString() : null;
        json.Skip();
        return text;
    }

    /// <summary>Strings of the array that follows; of another value none, and what is no string in it is passed over.</summary>
    internal static List<string> Strings(ref Utf8JsonReader json)
    {
        var found = new List<string>();
        if (Enter(ref json, JsonTokenType.StartArray))
        {
            while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            {
                if (json.TokenType == JsonTokenType.String)
                {
                    found.Add(json.GetString()!);
                }

                json.Skip();
            }
        }

        return found;
    }

    /// <summary>Whether the value that follows is an array with nothing in it; passed over in any case.</summary>
    internal static bool IsEmptyArray(ref Utf8JsonReader json)
    {
        if (!Enter(ref json, JsonTokenType.StartArray))
        {
            return false;
        }

        var count = 0;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            json.Skip();
            count++;
        }

        return count == 0;
    }
}
