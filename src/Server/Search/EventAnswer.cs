using System.Collections.Immutable;

namespace Sallyport.Server.Search;

/// <summary>What a search found, the newest job first.</summary>
/// <param name="Matches">At most <see cref="EventSearch.MaximumMatches"/>.</param>
/// <param name="More">There are more than that.</param>
/// <param name="OldestDay">Day back to which was looked: later than asked for where there were more than <see cref="EventSearch.MaximumFolders"/> folders.</param>
/// <param name="TookMs">Milliseconds.</param>
internal sealed record EventAnswer(ImmutableArray<EventMatch> Matches, bool More, DateOnly OldestDay, long TookMs);
