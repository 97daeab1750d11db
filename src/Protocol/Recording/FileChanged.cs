using System.Text.Json.Serialization;

namespace Sallyport.Protocol.Recording;

/// <summary>A process changed a file.</summary>
/// <param name="Path">Absolute, in the initial mount namespace.</param>
/// <param name="Change">
/// <c>created</c>, <c>linked</c> (a file that was there has this name as well; with <see cref="Target"/> it is a symbolic link),
/// <c>written</c>, <c>renamed</c> (it has this name from now on), <c>removed</c>, <c>replaced</c> (another file stands in the
/// place of a tracked one), <c>mounted</c> (something was mounted over it), or <c>found</c> (it was another at the end, and nobody
/// saw who changed it).
/// </param>
/// <param name="Tracked">True when git tracks it: then it was not git that changed it.</param>
/// <param name="Before">git's id of the content before, or null.</param>
/// <param name="After">git's id of the content after; null when it was not caught or not read.</param>
/// <param name="Difference">A few lines of what is different, masked; null for what is no text.</param>
/// <param name="PutBack">True when the content was as before again by the time it was looked at.</param>
/// <param name="Count">Changes that this line stands for.</param>
/// <param name="Process">Who, or null when unknown or not of the job.</param>
/// <param name="Step">Id of the step, when known.</param>
/// <param name="Container">Id of the container, or null on the host.</param>
public sealed record FileChanged(
    string Path,
    string Change,
    bool Tracked,
    string? Before,
    string? After,
    string? Difference,
    bool PutBack,
    long Count,
    string? Process,
    string? Step,
    string? Container) : RecordedEvent
{
    /// <summary>What a symbolic link holds, at most 256 characters, masked; null for all else, and then not written.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Target { get; init; }

    /// <summary>What <see cref="Container"/> calls the file; null on the machine and where it has no name for it, and then not written.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? InContainer { get; init; }
}
