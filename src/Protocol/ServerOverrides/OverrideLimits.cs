namespace Sallyport.Protocol.ServerOverrides;

/// <summary>Bounds of an override, held by the server that signs it and by the agent that is offered it.</summary>
public static class OverrideLimits
{
    /// <summary>From its beginning to its end.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    /// <summary>By which the clock of who has signed it may be ahead: one that begins later is not taken.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromMinutes(1);

    /// <summary>Overrides of one answer that are looked at.</summary>
    public const int Together = 16;

    /// <summary>Bytes of an envelope: base64 of all texts at their longest, in JSON that escapes every character.</summary>
    public const int EnvelopeBytes = 64 << 10;

    /// <summary>Characters of an id, of the override or of a run.</summary>
    public const int IdCharacters = 64;

    /// <summary>Characters of an owner.</summary>
    public const int OwnerCharacters = 100;

    /// <summary>Characters of a name: of a repository with its owner, of a runner, of who has signed.</summary>
    public const int NameCharacters = 200;

    /// <summary>Characters of a reason.</summary>
    public const int ReasonCharacters = 200;

    /// <summary>Of the year 9999: what comes later is no date.</summary>
    internal const long LastSecond = 253_402_300_799;
}
