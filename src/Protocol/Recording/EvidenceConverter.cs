using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sallyport.Protocol.Recording;

/// <summary>Writes facts in the order of their names, so that equal findings have equal bytes.</summary>
internal sealed class EvidenceConverter : JsonConverter<ImmutableDictionary<string, string>>
{
    public override ImmutableDictionary<string, string> Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("evidence is not an object");
        }

        var facts = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
            {
                throw new JsonException("a fact of the evidence is not a string");
            }

            facts[name] = reader.GetString()!;
        }

        return facts.ToImmutable();
    }

    public override void Write(
        Utf8JsonWriter writer, ImmutableDictionary<string, string> value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (name, fact) in value.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            writer.WriteString(name, fact);
        }

        writer.WriteEndObject();
    }
}
