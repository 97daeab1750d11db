namespace Sallyport.Reporting.Tests.Formats;

/// <summary>What an attribute of OCSF holds: a scalar, any JSON, an object of the schema, or an array of either.</summary>
internal sealed record OcsfKind(string Type, bool IsArray = false)
{
    public static readonly OcsfKind Text = new("string");
    public static readonly OcsfKind Number = new("integer");
    public static readonly OcsfKind Json = new("json");

    public static OcsfKind Of(string schemaObject) => new(schemaObject);

    public static OcsfKind ListOf(string type) => new(type, IsArray: true);
}
