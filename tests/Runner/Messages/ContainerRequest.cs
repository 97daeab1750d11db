namespace Sallyport.Runner.Messages;

/// <summary><c>container:</c> or one of <c>services:</c>; strings are templates.</summary>
internal sealed record ContainerRequest
{
    public required string Image { get; init; }

    public Dictionary<string, string> Env { get; init; } = [];

    public IReadOnlyList<string> Ports { get; init; } = [];

    public IReadOnlyList<string> Volumes { get; init; } = [];

    public string Options { get; init; } = "";
}
