namespace Sallyport.Lab.Dns;

/// <summary>An answer that is none to the question that was asked, beside the true one.</summary>
/// <param name="Address">That it gives for the name.</param>
public sealed record DnsForgery(string Address)
{
    /// <summary>Added to the message's id.</summary>
    public int IdOffset { get; init; }

    /// <summary>Added to the client's port.</summary>
    public int PortOffset { get; init; }

    /// <summary>It repeats a question for this name instead of the one that was asked.</summary>
    public string? Question { get; init; }

    /// <summary>It comes after the true one, and not before.</summary>
    public bool IsLate { get; init; }
}
