using System.Collections.Immutable;

namespace Sallyport.Kernel.Tests;

/// <summary>A way out, and how the report must tell of it.</summary>
internal sealed record Attack
{
    /// <summary>Less than clients wait in vain, 30 seconds, and enough for the agent's start on a machine that does other things too.</summary>
    public static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(20);

    public required LabCommand Command { get; init; }

    /// <summary>Its line in the report.</summary>
    public required Row Row { get; init; }

    /// <summary>The reasons that are right, as the report says them; mostly one.</summary>
    public required ImmutableArray<string> Reasons { get; init; }

    /// <summary>File name of the program that did it; null when the kernel cannot know (a forwarded frame).</summary>
    public required string? Exe { get; init; }

    /// <summary>Whether it got through, as the world counts; by default: the canary is somewhere in what arrived.
    /// </summary>
    public Func<LabRun, bool>? Arrived { get; init; }

    /// <summary>In block mode not one packet reaches this address and port.</summary>
    public (string Address, int Port)? Silent { get; init; }

    /// <summary>In block mode the client says this error of its own call: EPERM where nothing has left.</summary>
    public string? Told { get; init; }

    /// <summary>In block mode the client has its answer by then: refusals do not hang.</summary>
    public TimeSpan? AnswersWithin { get; init; }
}
