using System.Collections.Immutable;
using Sallyport.Policy.Endpoints;

namespace Sallyport.Policy.Groups;

/// <summary>A named list of endpoints that is kept in the repository: <c>@github-actions</c>.</summary>
/// <param name="Name">Without the <c>@</c>.</param>
/// <param name="Summary">Who needs it.</param>
/// <param name="Entries">In the order of the file.</param>
public sealed record EndpointGroup(string Name, string Summary, ImmutableArray<EndpointGroupEntry> Entries)
{
    internal static EndpointGroup Of(string name, string summary, params ReadOnlySpan<(string Text, string Why)> entries)
    {
        ImmutableArray<EndpointGroupEntry>.Builder list = ImmutableArray.CreateBuilder<EndpointGroupEntry>(entries.Length);
        foreach ((string text, string why) in entries)
        {
            list.Add(Endpoint.TryParse(text, EndpointUse.Allow, out Endpoint? endpoint, out EndpointMistake? mistake)
                ? new EndpointGroupEntry(endpoint, why)
                : throw new InvalidOperationException($"@{name}: {text}: {mistake.What}"));
        }
        return new EndpointGroup(name, summary, list.MoveToImmutable());
    }
}
