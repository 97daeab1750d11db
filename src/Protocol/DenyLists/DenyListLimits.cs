namespace Sallyport.Protocol.DenyLists;

/// <summary>Bounds of a deny list, held by the server that signs it and by the agent that is offered it.</summary>
public static class DenyListLimits
{
    /// <summary>Entries: half of the 512 rules that the kernel side has for list, policies and the runner together (ADR 0005).</summary>
    public const int Entries = 256;

    /// <summary>Bytes of an envelope: base64 of all entries at their longest, in JSON that escapes every character.</summary>
    public const int EnvelopeBytes = 2 << 20;

    /// <summary>Characters of an endpoint, as in a policy.</summary>
    public const int EndpointCharacters = 512;

    /// <summary>Characters of a reason.</summary>
    public const int ReasonCharacters = 200;

    /// <summary>Characters of an owner.</summary>
    public const int OwnerCharacters = 100;
}
