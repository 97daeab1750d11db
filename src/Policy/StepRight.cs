namespace Sallyport.Policy;

/// <summary><c>expect</c>: what a step does with the trust that others have in the job.</summary>
public enum StepRight
{
    /// <summary><c>publish</c>: sends a package or an image to a registry.</summary>
    Publish,

    /// <summary><c>id-token</c>: asks for the job's OIDC token.</summary>
    IdToken,
}
