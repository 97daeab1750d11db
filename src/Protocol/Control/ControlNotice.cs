namespace Sallyport.Protocol.Control;

/// <summary>Something that a step shows as an annotation.</summary>
/// <param name="Level"><c>error</c>, <c>warning</c> or <c>notice</c>.</param>
/// <param name="Title">A few words.</param>
/// <param name="Message">A sentence; may hold text of the job, so whoever shows it escapes it.</param>
public sealed record ControlNotice(string Level, string Title, string Message)
{
    /// <summary>Stands for notices that a message has no room for.</summary>
    internal static ControlNotice More(int count) => new("warning", "More", $"{count} more; the report has all of them.");
}
