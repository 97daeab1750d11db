namespace Sallyport.Protocol.Control;

/// <summary>Words of <see cref="ControlErrorReply.Code"/>.</summary>
public static class ControlErrorCode
{
    /// <summary>The inputs or the policy have mistakes.</summary>
    public const string PolicyInvalid = "policy-invalid";

    /// <summary>The machine cannot enforce what was asked.</summary>
    public const string CannotEnforce = "cannot-enforce";

    /// <summary>The client may not ask for this.</summary>
    public const string NotPermitted = "not-permitted";

    /// <summary>The client does not belong to a job of a runner.</summary>
    public const string NoWorker = "no-worker";

    /// <summary>The request is not known, or not for this kind of machine.</summary>
    public const string Unsupported = "unsupported";

    /// <summary>The agent itself failed.</summary>
    public const string Failed = "failed";
}
