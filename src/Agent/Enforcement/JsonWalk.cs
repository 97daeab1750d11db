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
}
