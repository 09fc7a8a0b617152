/**
 * The actions of the services whose Denies the tool narrows, as the Service Authorization Reference lists them. A Deny of
 * `ssm:*` can keep everything but some actions only when the others are known by name: no element of a statement
 * subtracts. https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
 */
const ACTIONS: Readonly<Record<string, string>> = {
  ssm: `
    AddTagsToResource AssociateOpsItemRelatedItem CancelCommand CancelMaintenanceWindowExecution CreateActivation
    CreateAssociation CreateAssociationBatch CreateCloudConnector CreateDocument CreateMaintenanceWindow
    CreateOpsItem CreateOpsMetadata CreatePatchBaseline CreateResourceDataSync DeleteActivation DeleteAssociation
    DeleteCloudConnector DeleteDocument DeleteInventory DeleteMaintenanceWindow DeleteOpsItem DeleteOpsMetadata
    DeleteParameter DeleteParameters DeletePatchBaseline DeleteResourceDataSync DeleteResourcePolicy
    DeregisterDefaultHostManagementConfiguration DeregisterManagedInstance DeregisterPatchBaselineForPatchGroup
    DeregisterTargetFromMaintenanceWindow DeregisterTaskFromMaintenanceWindow DescribeActivations
    DescribeAssociation DescribeAssociationExecutionTargets DescribeAssociationExecutions
    DescribeAutomationExecutions DescribeAutomationStepExecutions DescribeAvailablePatches DescribeDocument
    DescribeDocumentPermission DescribeEffectiveInstanceAssociations DescribeEffectivePatchesForPatchBaseline
    DescribeInstanceAssociationsStatus DescribeInstanceInformation DescribeInstancePatchStates
    DescribeInstancePatchStatesForPatchGroup DescribeInstancePatches DescribeInstanceProperties
    DescribeInventoryDeletions DescribeMaintenanceWindowExecutionTaskInvocations
    DescribeMaintenanceWindowExecutionTasks DescribeMaintenanceWindowExecutions DescribeMaintenanceWindowSchedule
    DescribeMaintenanceWindowTargets DescribeMaintenanceWindowTasks DescribeMaintenanceWindows
    DescribeMaintenanceWindowsForTarget DescribeOpsItems DescribeParameters DescribePatchBaselines
    DescribePatchGroupState DescribePatchGroups DescribePatchProperties DescribeSessions
    DisassociateOpsItemRelatedItem ExecuteAPI GetAccessToken GetAutomationExecution GetCalendar GetCalendarState
    GetCloudConnector GetCommandInvocation GetConnectionStatus GetDefaultPatchBaseline
    GetDeployablePatchSnapshotForInstance GetDocument GetExecutionPreview GetInventory GetInventorySchema
    GetMaintenanceWindow GetMaintenanceWindowExecution GetMaintenanceWindowExecutionTask
    GetMaintenanceWindowExecutionTaskInvocation GetMaintenanceWindowTask GetManifest GetOpsItem GetOpsMetadata
    GetOpsSummary GetParameter GetParameterHistory GetParameters GetParametersByPath GetPatchBaseline
    GetPatchBaselineForPatchGroup GetResourcePolicies GetServiceSetting LabelParameterVersion
    ListAssociationVersions ListAssociations ListCloudConnectors ListCommandInvocations ListCommands
    ListComplianceItems ListComplianceSummaries ListDocumentMetadataHistory ListDocumentVersions ListDocuments
    ListInstanceAssociations ListInventoryEntries ListNodes ListNodesSummary ListOpsItemEvents
    ListOpsItemRelatedItems ListOpsMetadata ListResourceComplianceSummaries ListResourceDataSync ListTagsForResource
    ModifyDocumentPermission PutCalendar PutComplianceItems PutConfigurePackageResult PutInventory PutParameter
    PutResourcePolicy RegisterDefaultHostManagementConfiguration RegisterDefaultPatchBaseline
    RegisterManagedInstance RegisterPatchBaselineForPatchGroup RegisterTargetWithMaintenanceWindow
    RegisterTaskWithMaintenanceWindow RemoveTagsFromResource ResetServiceSetting ResumeSession SendAutomationSignal
    SendCommand StartAccessRequest StartAssociationsOnce StartAutomationExecution StartChangeRequestExecution
    StartExecutionPreview StartSession StopAutomationExecution TerminateSession UnlabelParameterVersion
    UpdateAssociation UpdateAssociationStatus UpdateCloudConnector UpdateDocument UpdateDocumentDefaultVersion
    UpdateDocumentMetadata UpdateInstanceAssociationStatus UpdateInstanceInformation UpdateMaintenanceWindow
    UpdateMaintenanceWindowTarget UpdateMaintenanceWindowTask UpdateManagedInstanceRole UpdateOpsItem
    UpdateOpsMetadata UpdatePatchBaseline UpdateResourceDataSync UpdateServiceSetting ValidateCloudConnector
  `,
  ssmmessages: 'CreateControlChannel CreateDataChannel OpenControlChannel OpenDataChannel',
  ec2messages: 'AcknowledgeMessage DeleteMessage FailMessage GetEndpoint GetMessages SendReply',
  kms: `
    CancelKeyDeletion ConnectCustomKeyStore CreateAlias CreateCustomKeyStore CreateGrant CreateKey Decrypt
    DeleteAlias DeleteCustomKeyStore DeleteImportedKeyMaterial DeriveSharedSecret DescribeCustomKeyStores
    DescribeKey DisableKey DisableKeyRotation DisconnectCustomKeyStore EnableKey EnableKeyRotation Encrypt
    GenerateDataKey GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext
    GenerateMac GenerateRandom GetKeyPolicy GetKeyRotationStatus GetParametersForImport GetPublicKey
    ImportKeyMaterial ListAliases ListGrants ListKeyPolicies ListKeyRotations ListKeys ListResourceTags
    ListRetirableGrants PutKeyPolicy ReEncryptFrom ReEncryptTo ReplicateKey RetireGrant RevokeGrant
    RotateKeyOnDemand ScheduleKeyDeletion Sign SynchronizeMultiRegionKey TagResource UntagResource UpdateAlias
    UpdateCustomKeyStore UpdateKeyDescription UpdatePrimaryRegion Verify VerifyMac
  `,
  sts: `
    AssumeRole AssumeRoleWithSAML AssumeRoleWithWebIdentity AssumeRoot DecodeAuthorizationMessage GetAccessKeyInfo
    GetCallerIdentity GetDelegatedAccessToken GetFederationToken GetServiceBearerToken GetSessionToken
    GetWebIdentityToken SetContext SetSourceIdentity TagGetWebIdentityToken TagSession
  `,
}

/** Every action of the service, with its prefix; undefined for a service whose list is not kept here. */
export const actionsOfService = (service: string): readonly string[] | undefined =>
  ACTIONS[service.toLowerCase()]
    ?.trim()
    .split(/\s+/)
    .map((name) => `${service.toLowerCase()}:${name}`)
